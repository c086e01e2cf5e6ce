import { shown } from '../visible';
import type { Colours } from './colours';
import { fontSize } from './look';
import type { Points } from './points';

const margin = 16;
const line = 22;
const swatch = 10;

/** A chart as a PNG file, with its title and, where it has several series, their names. */
export function picture(drawing: HTMLCanvasElement, width: number, points: Points, title: string, colours: Colours): Promise<Blob | null> {
  const scale = drawing.width / width;
  const head = margin + line + (points.series.length > 1 ? line : 0);
  const canvas = document.createElement('canvas');
  canvas.width = drawing.width + 2 * margin * scale;
  canvas.height = drawing.height + (head + margin) * scale;
  const pen = canvas.getContext('2d');
  if (!pen) return Promise.resolve(null);
  pen.fillStyle = colours.surface;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(drawing, margin * scale, head * scale);
  pen.scale(scale, scale);
  pen.textBaseline = 'top';
  pen.font = `600 ${fontSize + 2}px ${colours.font}`;
  pen.fillStyle = colours.text;
  pen.fillText(shown(title, 200), margin, margin);
  pen.font = `${fontSize}px ${colours.font}`;
  let left = margin;
  for (const { name, colour } of points.series.length > 1 ? points.series : []) {
    pen.fillStyle = colours.series[colour % colours.series.length]!;
    pen.fillRect(left, margin + line + 1, swatch, swatch);
    pen.fillStyle = colours.text;
    pen.fillText(shown(name), left + swatch + 6, margin + line);
    left += swatch + 6 + pen.measureText(shown(name)).width + margin;
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
