"""Fine-tuning: transformers' Trainer over masked texts, one output a target, early stopping on groups held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from models.classifiers.transformer.base import TOKENIZER
from models.examples import TARGETS, Array, Example, truths
from models.recipe import TransformerRecipe
from zorya import logs


@dataclass(frozen=True)
class Sides:
    """Examples it learns from, and those of other groups that stop it."""

    learnt: Sequence[Example]
    held_out: Sequence[Example]
    weights: tuple[Array, Array]
    """How much each label counts, of either side."""


@dataclass(frozen=True)
class Tuned:
    """An encoder as it was fine-tuned, its tokenizer as it is stored, and the loss after each epoch on the examples
    held out.
    """

    model: Any
    tokenizer: Any
    losses: tuple[float, ...]


def fine_tune(recipe: TransformerRecipe, folder: Path, sides: Sides) -> Tuned:
    """Fine-tune the encoder of a folder. Deterministic on a CPU for a given number of threads."""
    from transformers import EarlyStoppingCallback, PrinterCallback, Trainer, set_seed

    set_seed(recipe.seed)
    tokenizer, model = encoder_of(folder, max_tokens=recipe.max_tokens, outputs=len(TARGETS))
    with TemporaryDirectory() as scratch:
        trainer = Trainer(
            model=model,
            args=_arguments(recipe, scratch, steps=-(-len(sides.learnt) // recipe.batch) * recipe.epochs),
            data_collator=_collator(model.config.pad_token_id or 0),
            train_dataset=_rows(tokenizer, sides.learnt, sides.weights[0]),
            eval_dataset=_rows(tokenizer, sides.held_out, sides.weights[1]),
            compute_loss_func=_loss(class_weights(sides.learnt, recipe.largest_class_weight)),
            callbacks=[EarlyStoppingCallback(recipe.patience), _telling()],
        )
        trainer.remove_callback(PrinterCallback)  # it prints where data goes
        trainer.train()
        losses = tuple(float(entry["eval_loss"]) for entry in trainer.state.log_history if "eval_loss" in entry)
    return Tuned(trainer.model.to("cpu").eval(), tokenizer, losses)


def class_weights(examples: Sequence[Example], largest: float) -> Array:
    """How much a positive of each target counts beside a negative, shape (targets,): as both were equally many, within
    1 and `largest`.
    """
    positives = np.array([truths(examples, target).sum() for target in TARGETS])
    return np.asarray(np.clip((len(examples) - positives) / np.maximum(positives, 1.0), 1.0, largest))


def torch_logits(tuned: Tuned, texts: Sequence[str]) -> Array:
    """What torch itself says of masked texts, shape (texts, targets): what the served graph is compared with."""
    import torch

    with torch.no_grad():
        rows = [torch.tensor([tuned.tokenizer.encode(text).ids]) for text in texts]
        found = [tuned.model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0] for ids in rows]
    return np.array([row.tolist() for row in found])


def encoder_of(folder: Path, *, max_tokens: int, outputs: int) -> tuple[Any, Any]:
    """The base's tokenizer as it will be served (the same code reads a text in training and in use), and its model with
    a new head; texts are cut at `max_tokens`, or at what the encoder has places for (XLM-R keeps two of them free).
    """
    from tokenizers import Tokenizer
    from transformers import AutoModelForSequenceClassification

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=outputs, local_files_only=True, trust_remote_code=False, use_safetensors=True
    ).float()
    places = getattr(model.config, "max_position_embeddings", None) or max_tokens + 2
    tokenizer.enable_truncation(min(max_tokens, int(places) - 2))
    return tokenizer, model


def _rows(tokenizer: Any, examples: Sequence[Example], weights: Array) -> list[dict[str, list[Any]]]:
    """Tokens of each example, and its labels followed by its weight: the loss gets nothing else."""
    labels = np.column_stack([*(truths(examples, target) for target in TARGETS), weights])
    encoded = tokenizer.encode_batch([example.text for example in examples])
    return [{"input_ids": text.ids, "labels": row.tolist()} for text, row in zip(encoded, labels, strict=True)]


def _collator(pad: int) -> Any:
    import torch

    def collate(rows: list[dict[str, list[Any]]]) -> dict[str, Any]:
        longest = max(len(row["input_ids"]) for row in rows)
        ids = torch.full((len(rows), longest), pad)
        mask = torch.zeros((len(rows), longest), dtype=torch.int64)
        for place, row in enumerate(rows):
            length = len(row["input_ids"])
            ids[place, :length] = torch.tensor(row["input_ids"])
            mask[place, :length] = 1
        return {"input_ids": ids, "attention_mask": mask, "labels": torch.tensor([row["labels"] for row in rows])}

    return collate


def _loss(positive_weights: Array) -> Any:
    """Binary cross-entropy of every target, a positive weighted by its class, a row by its label's weight."""
    import torch

    weights = torch.tensor(positive_weights, dtype=torch.float32)

    def loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            outputs.logits, labels[:, :-1], pos_weight=weights.to(labels.device), reduction="none"
        )
        return (each.mean(dim=1) * labels[:, -1]).sum() / labels[:, -1].sum()

    return loss


def _arguments(recipe: TransformerRecipe, scratch: str, *, steps: int) -> Any:
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=scratch,
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch,
        per_device_eval_batch_size=recipe.batch,
        learning_rate=recipe.learning_rate,
        warmup_steps=round(recipe.warmup * steps),
        weight_decay=recipe.weight_decay,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=1,
        save_only_model=True,
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        logging_strategy="no",
        log_level="error",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        seed=recipe.seed,
        data_seed=recipe.seed,
    )


def _telling() -> Any:
    """Says after each epoch how far it is: hours may pass."""
    from transformers import TrainerCallback

    class Telling(TrainerCallback):  # type: ignore[misc]
        """Logs the loss on the examples held out."""

        def on_evaluate(self, _arguments: Any, state: Any, _control: Any, metrics: Any, **_rest: Any) -> None:
            """After each epoch."""
            said = {"epoch": round(state.epoch or 0), "of": state.num_train_epochs, "loss": metrics["eval_loss"]}
            logs.get("model.transformer").info("epoch", **said)

    return Telling()
