// What a terminal would obey, what changes the direction of the text behind it (Unicode's UAX #9), and what nobody sees.
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text with what cannot be seen in it written out, as in `\u202e`. Line ends and tabs stay. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A name on one line, no longer than that many characters; what has nothing to see is in quotes. */
export function shown(name: string, letters = 60): string {
  const line = visible(name).replace(/\s+/g, ' ');
  if (line.trim() === '') return `'${line}'`;
  const all = [...line];
  return all.length <= letters ? line : `${all.slice(0, letters).join('')}…`;
}
