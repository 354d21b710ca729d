"""From site to posting: sources as data, one engine per layout, Scrapy in a process of its own."""
