// Draws the explorer's series on one axis for each unit, with bands from lowest to highest, and fetches finer data when zoomed.
const library = () => document.body.dataset.echarts;

function load() {
  if (window.echarts) return Promise.resolve(window.echarts);
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = library();
    script.addEventListener('load', () => resolve(window.echarts));
    script.addEventListener('error', reject);
    document.head.append(script);
  });
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const PALETTE = ['--tone-blue', '--tone-orange', '--tone-green', '--tone-purple', '--tone-red', '--city-accent', '--tone-yellow', '--tone-grey'];

function lines(item, index, colours) {
  const own = colours[index % colours.length];
  const drawn = [{
    id: `line${index}`, name: item.name, type: 'line', yAxisIndex: item.axis, data: item.at.map((at, place) => [at, item.values[place]]),
    showSymbol: item.at.length < 60, symbolSize: 4, connectNulls: false, color: own, emphasis: { focus: 'series' },
    lineStyle: { width: item.beside ? 1.25 : 1.75, type: item.beside ? 'dashed' : 'solid', opacity: item.beside ? 0.75 : 1 },
    markArea: item.gaps.length ? { silent: true, itemStyle: { color: colour('--tone-grey'), opacity: 0.08 }, data: item.gaps.slice(0, 40).map(([since, until]) => [{ xAxis: since }, { xAxis: until }]) } : undefined,
  }];
  if (item.band.length && !item.beside) {
    const quiet = { type: 'line', yAxisIndex: item.axis, silent: true, symbol: 'none', lineStyle: { opacity: 0 }, stack: `band${index}`, stackStrategy: 'all', tooltip: { show: false }, color: own };
    drawn.push({ ...quiet, id: `low${index}`, data: item.at.map((at, place) => [at, item.band[place][0]]) });
    drawn.push({ ...quiet, id: `high${index}`, areaStyle: { color: own, opacity: 0.14 }, data: item.at.map((at, place) => { const [low, high] = item.band[place]; return [at, low == null ? null : high - low]; }) });
  }
  return drawn;
}

function options(description) {
  const colours = PALETTE.map(colour);
  const text = getComputedStyle(document.body).color;
  const many = description.series.filter((item) => !item.beside).length > 4;
  const count = description.series.some((item) => item.beside) ? description.series.length / 2 : description.series.length;
  const series = description.series.flatMap((item, index) => lines(many ? { ...item, band: [] } : item, item.beside ? index - count : index, colours)
    .map((line) => ({ ...line, id: `${line.id}${item.beside ? 'b' : ''}` })));
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 8, right: 8 + 46 * Math.max(0, description.units.length - 2), top: 56, bottom: 64, containLabel: true },
    legend: { top: 0, type: 'scroll', textStyle: { color: text }, data: description.series.map((item) => item.name) },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    xAxis: { type: 'time', min: description.since, max: description.until, axisLabel: { color: text, hideOverlap: true } },
    yAxis: description.units.map((unit, index) => ({ type: 'value', scale: true, name: unit || '—', position: index ? 'right' : 'left', offset: index > 1 ? (index - 1) * 46 : 0, axisLabel: { color: text }, nameTextStyle: { color: text }, splitLine: { show: index === 0 } })),
    dataZoom: [{ type: 'inside', filterMode: 'none' }, { type: 'slider', height: 22, bottom: 12, filterMode: 'none' }],
    toolbox: { right: 0, top: 22, itemSize: 13, feature: { dataZoom: { yAxisIndex: 'none', filterMode: 'none' }, restore: {} } },
    series,
  };
}

function merged(item, found, value) {
  const own = found.series.find((series) => series.datastream === item.id);
  if (!own || !own.at.length) return item;
  const first = own.at[0];
  const last = own.at[own.at.length - 1];
  const keep = item.at.map((at, place) => [at, item.values[place], item.band[place] ?? [item.values[place], item.values[place]]]).filter(([at]) => at < first || at > last);
  const values = own.result ?? own[value];
  const fine = own.at.map((at, place) => [at, values[place], own.low ? [own.low[place], own.high[place]] : [values[place], values[place]]]);
  const all = [...keep, ...fine].sort((one, other) => one[0] - other[0]);
  return { ...item, at: all.map(([at]) => at), values: all.map(([, number]) => number), band: item.band.length ? all.map(([, , band]) => band) : [] };
}

function custom(form) {
  const span = form?.elements.span;
  if (!span) return;
  ['since', 'until'].forEach((name) => form.elements[name].addEventListener('change', () => { span.value = ''; }));
  span.addEventListener('change', () => { if (span.value) ['since', 'until'].forEach((name) => { form.elements[name].value = ''; }); });
}

export default async function explorer(element) {
  custom(document.getElementById('explorer-form'));
  const echarts = await load();
  const description = JSON.parse(document.getElementById(element.dataset.source).textContent);
  const drawing = echarts.init(element, null, { renderer: 'canvas' });
  drawing.setOption(options(description));
  new ResizeObserver(() => drawing.resize()).observe(element);
  if (!description.auto) return;
  let waiting;
  drawing.on('dataZoom', () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const { startValue, endValue } = drawing.getOption().dataZoom[0];
      if (endValue - startValue > (description.until - description.since) * 0.7) return drawing.setOption({ series: options(description).series });
      const address = new URL(description.query, location.href);
      const ids = [...new Set(description.series.map((item) => item.id))].join(',');
      Object.entries({ streams: ids, since: new Date(startValue).toISOString(), until: new Date(endValue).toISOString(), points: 600 }).forEach(([name, value]) => address.searchParams.set(name, value));
      const response = await fetch(address, { headers: { Accept: 'application/json' } });
      if (!response.ok) return undefined;
      const found = await response.json();
      const finer = { ...description, series: description.series.map((item) => (item.beside ? item : merged(item, found, description.value))) };
      return drawing.setOption({ series: options(finer).series });
    }, 250);
  });
}
