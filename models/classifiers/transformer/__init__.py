"""The optional transformer: any encoder, fine-tuned with torch, stored and served as ONNX.

torch and transformers are imported inside functions: nothing but training needs them.
"""
