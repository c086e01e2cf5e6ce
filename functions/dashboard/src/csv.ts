/** Rows as CSV after RFC 4180, as spreadsheets read it: UTF-8 with a mark; NULL is nothing at all, and an empty text `""`. */
export function toCsv(columns: readonly { name: string; isNumber: boolean }[], rows: readonly (readonly (string | null)[])[]): string {
  const lines = [columns.map(({ name }) => quoted(safe(name))), ...rows.map((row) => columns.map(({ isNumber }, at) => fieldOf(row[at] ?? null, isNumber)))];
  return `\ufeff${lines.map((line) => `${line.join(',')}\r\n`).join('')}`;
}

function fieldOf(value: string | null, isNumber: boolean): string {
  return value === null ? '' : isNumber ? value : quoted(safe(value));
}

/** A spreadsheet takes a text that begins so for a formula, and does what it says. */
function safe(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
