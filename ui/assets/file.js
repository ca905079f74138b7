// A file that was asked for is a link that holds it; it is followed once.
watch("value", () => element.querySelector("a[data-file]")?.click());
