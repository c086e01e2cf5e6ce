import type { Format } from '../format';
import type { Colours } from './colours';
import type { ChartOption } from './engine';

/** How a chart is to look, whatever is on it. */
export interface Look {
  colours: Colours;
  format: Format;
  /** The chart's width in pixels. */
  width: number;
  /** How wide a text is in the chart's font, in pixels. */
  measure: (text: string) => number;
  /** Whether there is little room: no zoom. */
  isSmall: boolean;
  /** Whether the values' axis is of powers of ten. */
  isLog: boolean;
  isStill: boolean;
}

export const fontSize = 12;

/** What lines and bars have in common. */
export function common({ colours, isStill }: Look, pointer: 'line' | 'shadow'): ChartOption {
  return {
    animation: !isStill,
    animationDuration: 0,
    animationDurationUpdate: 150,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: colours.font },
    tooltip: {
      trigger: 'axis',
      // As text on the canvas: nothing becomes HTML.
      renderMode: 'richText',
      confine: true,
      transitionDuration: 0,
      backgroundColor: colours.surface,
      borderColor: colours.border,
      borderWidth: 1,
      padding: [8, 10],
      textStyle: { color: colours.text, fontFamily: colours.font, fontSize },
      axisPointer: { type: pointer, lineStyle: { color: colours.dim, type: 'dashed' }, shadowStyle: { color: colours.dim, opacity: 0.1 } },
    },
  };
}
