/** The style sheet's colours, for the canvas, which knows no custom properties. */
export interface Colours {
  text: string;
  dim: string;
  line: string;
  surface: string;
  border: string;
  bad: string;
  series: string[];
  font: string;
}

export const seriesColours = 8;

export function coloursOf(element: Element): Colours {
  const probe = element.appendChild(document.createElement('span'));
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  try {
    return {
      text: colour('text'),
      dim: colour('dim'),
      line: colour('grid'),
      surface: colour('surface'),
      border: colour('border'),
      bad: colour('bad'),
      series: Array.from({ length: seriesColours }, (_, index) => colour(`series-${index}`)),
      font: getComputedStyle(probe).fontFamily,
    };
  } finally {
    probe.remove();
  }
}
