// Draws the chart whose description the server wrote as JSON (id in data-source); every chart has its table beside it.
const library = new URL('../../vendor/echarts.min.js', import.meta.url);

function load() {
  if (window.echarts) return Promise.resolve(window.echarts);
  const script = document.querySelector('script[data-library=echarts]');
  return new Promise((resolve, reject) => {
    const element = script ?? document.createElement('script');
    element.addEventListener('load', () => resolve(window.echarts));
    element.addEventListener('error', reject);
    if (!script) {
      element.dataset.library = 'echarts';
      element.src = document.body.dataset.echarts ?? library.href;
      document.head.append(element);
    }
  });
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(description) {
  const palette = ['--tone-blue', '--city-accent', '--tone-orange', '--tone-purple', '--tone-green', '--tone-red'].map(colour);
  const text = getComputedStyle(document.body).color;
  const mark = description.target == null ? undefined
    : { silent: true, symbol: 'none', lineStyle: { type: 'dashed' }, data: [{ yAxis: description.target }] };
  return {
    color: palette,
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 8, right: 16, top: description.series.length > 1 ? 36 : 20, bottom: 8, containLabel: true },
    legend: description.series.length > 1 ? { top: 0, textStyle: { color: text } } : undefined,
    tooltip: { trigger: 'axis', renderMode: 'richText' },
    xAxis: { type: 'category', data: description.at, boundaryGap: description.kind === 'bar', axisLabel: { color: text } },
    yAxis: { type: 'value', name: description.unit, scale: description.kind !== 'bar', axisLabel: { color: text }, nameTextStyle: { color: text } },
    series: description.series.map((item, index) => ({
      name: item.name, type: description.kind, data: item.values, showSymbol: item.values.length < 40, smooth: false,
      connectNulls: false, markLine: index === 0 ? mark : undefined, areaStyle: description.series.length === 1 && description.kind === 'line' ? { opacity: 0.12 } : undefined,
    })),
  };
}

export default async function chart(element) {
  const echarts = await load();
  const description = JSON.parse(document.getElementById(element.dataset.source).textContent);
  const drawing = echarts.init(element, null, { renderer: 'canvas' });
  drawing.setOption(options(description));
  new ResizeObserver(() => drawing.resize()).observe(element);
  element.addEventListener('chart:update', (event) => drawing.setOption(options(event.detail)));
}
