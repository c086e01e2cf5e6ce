/** Gives the reader a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Not at once: some browsers read it a moment later.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file's name of parts that may hold anything. */
export function fileName(extension: string, ...parts: (string | null)[]): string {
  const name = parts
    .filter((part) => part !== null && part !== '')
    .join('-')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[._]+/, '')
    .slice(0, 100);
  return `${name === '' ? 'table' : name}.${extension}`;
}
