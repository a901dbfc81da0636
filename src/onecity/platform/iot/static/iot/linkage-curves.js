// Draws what a condition saw of one device, and shades where the rule would have stood fired.
function load() {
  if (window.echarts) return Promise.resolve(window.echarts);
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = document.body.dataset.echarts;
    script.addEventListener('load', () => resolve(window.echarts));
    script.addEventListener('error', reject);
    document.head.append(script);
  });
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const PALETTE = ['--tone-blue', '--tone-orange', '--tone-green', '--tone-purple', '--city-accent', '--tone-grey'];

function options(description) {
  const text = getComputedStyle(document.body).color;
  const shade = { silent: true, itemStyle: { color: colour('--tone-red'), opacity: 0.14 }, data: description.spans.map(([since, until]) => [{ xAxis: since }, { xAxis: until }]) };
  return {
    animation: false,
    color: PALETTE.map(colour),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 8, right: 8, top: 40, bottom: 56, containLabel: true },
    legend: { top: 0, type: 'scroll', textStyle: { color: text } },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    xAxis: { type: 'time', axisLabel: { color: text, hideOverlap: true } },
    yAxis: description.series.map((item, place) => ({ type: 'value', scale: true, show: place < 2, position: place ? 'right' : 'left', axisLabel: { color: text }, splitLine: { show: place === 0 } })),
    dataZoom: [{ type: 'inside', filterMode: 'none' }, { type: 'slider', height: 20, bottom: 8, filterMode: 'none' }],
    series: description.series.map((item, place) => ({
      name: item.name, type: 'line', yAxisIndex: place, data: item.points, showSymbol: false, connectNulls: false, markArea: place === 0 ? shade : undefined,
    })),
  };
}

export default async function linkageCurves(element) {
  const echarts = await load();
  const drawing = echarts.init(element, null, { renderer: 'canvas' });
  drawing.setOption(options(JSON.parse(document.getElementById(element.dataset.source).textContent)));
  new ResizeObserver(() => drawing.resize()).observe(element);
}
