import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { download } from '../download';
import { theme, useFormat, useWords } from '../settings';
import { useStore } from '../store';
import { useMedia } from '../views/useMedia';
import { barOption } from './bars';
import { coloursOf } from './colours';
import { describe } from './describe';
import type { ECharts } from './engine';
import { lineOption, momentsShown } from './lines';
import { fontSize, type Look } from './look';
import { axisText } from './moments';
import { picture } from './picture';
import type { Points } from './points';

const drawing = import('./engine');
const still = matchMedia('(prefers-reduced-motion: reduce)');

interface Props {
  points: Points;
  title: string;
  /** What its picture is called, where the reader may save it. */
  file?: string;
  isSmall?: boolean;
  isLog?: boolean;
}

/** A chart that is drawn in place when its points change. */
export function ChartView({ points, title, file, isSmall = false, isLog = false }: Props) {
  const { kind } = points;
  const words = useWords();
  const format = useFormat();
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<{ drawn: ECharts; shape: string }>(null);
  const mark = useRef(() => {});
  // 0 until there is something to draw with.
  const [width, setWidth] = useState(0);
  const [marks, setMarks] = useState<number[] | null>(null);
  const scheme = useScheme();

  useEffect(() => {
    let isGone = false;
    let observer: ResizeObserver | undefined;
    void drawing.then(({ init }) => {
      if (isGone || !element.current) return;
      const drawn = init(element.current, null, { renderer: 'canvas' });
      observer = new ResizeObserver(() => {
        drawn.resize();
        setWidth(drawn.getWidth());
      });
      observer.observe(element.current);
      drawn.on('datazoom', () => mark.current());
      chart.current = { drawn, shape: '' };
      setWidth(drawn.getWidth());
    });
    return () => {
      isGone = true;
      observer?.disconnect();
      chart.current?.drawn.dispose();
      chart.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    if (!chart.current || !element.current) return;
    const colours = coloursOf(element.current.parentElement!);
    const look: Look = { colours, format, width, measure: measureIn(colours.font), isSmall, isLog, isStill: still.matches };
    const option = kind === 'line' ? lineOption(points, look) : barOption(points, look);
    // What is of another shape is drawn anew; else what the reader has zoomed stays.
    const shape = JSON.stringify([kind, points.axis, isLog, scheme, format.language, 'dataZoom' in option, Array.isArray(option.yAxis), title]);
    chart.current.drawn.setOption(option, shape === chart.current.shape ? { replaceMerge: ['series'] } : { notMerge: true });
    chart.current.shape = shape;
    const { drawn } = chart.current;
    mark.current = () => {
      const moments = kind === 'line' ? momentsShown(points, look, windowOf(drawn)) : null;
      if (moments) drawn.setOption({ xAxis: { axisLabel: { customValues: moments }, axisTick: { customValues: moments } } });
      setMarks(moments);
    };
    mark.current();
  }, [points, title, isSmall, isLog, width, scheme, format]);

  const save = async (name: string): Promise<void> => {
    const drawn = chart.current?.drawn;
    if (!drawn || !element.current) return;
    const content = await picture(drawn.getRenderedCanvas({ pixelRatio: 2 }), drawn.getWidth(), points, title, coloursOf(element.current.parentElement!));
    if (content) download(name, content);
  };
  const bars = kind === 'bar' ? points.x.length * (points.series.length * 15 + (isSmall ? 11 : 8)) + 8 : undefined;
  return (
    <>
      <div
        class={`chart${isSmall ? ' chart-small' : ''}${bars === undefined ? '' : ' chart-bars'}`}
        style={bars === undefined ? {} : { height: `${bars}px` }}
        role="img"
        aria-label={describe(points, title, words, format, !isSmall)}
        data-testid="chart"
        data-ticks={marks === null ? undefined : JSON.stringify(marks.map(axisText(points.positions, points.axis)))}
        data-points={JSON.stringify({ x: points.x, series: Object.fromEntries(points.series.map(({ name, values }) => [name, values])) })}
      >
        <div class="chart-canvas" ref={element} aria-hidden="true" />
      </div>
      {file !== undefined && (
        <p class="chart-tools">
          <button type="button" class="button" data-testid="save-png" title={words.saveChart} onClick={() => void save(file)}>
            PNG
          </button>
        </p>
      )}
    </>
  );
}

/** What of the chart is shown, in percent. */
function windowOf(drawn: ECharts): [number, number] {
  const [zoom] = (drawn.getOption()['dataZoom'] ?? []) as { start?: number; end?: number }[];
  return [zoom?.start ?? 0, zoom?.end ?? 100];
}

function measureIn(font: string): (text: string) => number {
  const pen = document.createElement('canvas').getContext('2d');
  if (!pen) return (text) => text.length * fontSize;
  pen.font = `${fontSize}px ${font}`;
  return (text) => pen.measureText(text).width;
}

/** Changes when the colours do. */
function useScheme(): string {
  const picked = useStore(theme);
  const isDark = useMedia('(prefers-color-scheme: dark)');
  return picked === 'auto' ? (isDark ? 'dark' : 'light') : picked;
}
