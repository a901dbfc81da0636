// The base map's look, from our own tiles and the palette of CSS variables. Texts use the visitor's fonts: no glyph server.

export const FONTS = ['Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', 'Source Han Sans SC', 'sans-serif'];

const NAMES = {
  land: '--map-land', water: '--map-water', waterLine: '--map-water-line', green: '--map-green', residential: '--map-residential',
  commercial: '--map-commercial', industrial: '--map-industrial', public: '--map-public', transport: '--map-transport', built: '--map-built',
  building: '--map-building', buildingLine: '--map-building-line', road: '--map-road', roadLine: '--map-road-line', main: '--map-main',
  mainLine: '--map-main-line', trunk: '--map-trunk', trunkLine: '--map-trunk-line', rail: '--map-rail', border: '--map-border', text: '--map-text',
  soft: '--map-text-soft', waterText: '--map-water-text', halo: '--map-halo', stress: '--map-stress', mine: '--map-mine',
};

// The first layer of names; areas of overlays are drawn under it.
export const FIRST_NAMES = 'street-names';

export function colourOf(element, variable) {
  return getComputedStyle(element).getPropertyValue(variable).trim() || '#1c4f9c';
}

export function palette(element) {
  const found = {};
  for (const [name, variable] of Object.entries(NAMES)) found[name] = colourOf(element, variable);
  found.glow = Number(colourOf(element, '--map-glow')) || 0;
  found.edge = colourOf(element, '--map-edge');
  found.of = (variable) => colourOf(element, variable);
  return found;
}

const byZoom = (...stops) => ['interpolate', ['exponential', 1.5], ['zoom'], ...stops];
const kindIn = (...kinds) => ['in', ['get', 'kind'], ['literal', kinds]];

function fills(c) {
  const area = (id, kinds, colour) => ({ id, type: 'fill', source: 'base', 'source-layer': 'geo.areas', filter: kindIn(...kinds), paint: { 'fill-color': colour } });
  return [
    area('built-up', ['built_up'], c.built),
    area('residential', ['residential'], c.residential),
    area('commercial', ['commercial'], c.commercial),
    area('industrial', ['industrial'], c.industrial),
    area('public', ['public'], c.public),
    area('transport', ['transport'], c.transport),
    area('green', ['green'], c.green),
    area('water', ['water'], c.water),
    { id: 'water-line', type: 'line', source: 'base', 'source-layer': 'geo.areas', filter: kindIn('water'), paint: { 'line-color': c.waterLine, 'line-width': 0.8 } },
    { id: 'buildings', type: 'fill', source: 'base', 'source-layer': 'geo.buildings', minzoom: 14, paint: { 'fill-color': c.building, 'fill-outline-color': c.buildingLine } },
  ];
}

const ROADS = [
  // id, source layer, kinds, line, fill, width at zoom 10, 14 and 18
  ['lanes', 'geo.lanes', ['service'], 'roadLine', 'road', 0, 1.2, 8],
  ['residential-streets', 'geo.streets', ['residential'], 'roadLine', 'road', 0.3, 2, 13],
  ['tertiary', 'geo.streets', ['tertiary'], 'roadLine', 'road', 0.5, 3, 17],
  ['secondary', 'geo.main_roads', ['secondary'], 'mainLine', 'main', 0.8, 4, 21],
  ['primary', 'geo.main_roads', ['primary'], 'mainLine', 'main', 1.2, 5, 25],
  ['trunk', 'geo.main_roads', ['trunk', 'motorway'], 'trunkLine', 'trunk', 1.5, 5.5, 26],
];

function roads(c, madeUp) {
  // In a real city, streets that were made up stand back behind the surveyed ones.
  const opacity = madeUp ? 1 : ['case', ['==', ['get', 'is_synthetic'], 'true'], 0.4, 1];
  const line = (id, layer, kinds, colour, widths) => ({
    id, type: 'line', source: 'base', 'source-layer': layer, filter: kindIn(...kinds),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-opacity': opacity, 'line-width': byZoom(10, widths[0], 14, widths[1], 18, widths[2]) },
  });
  const footways = {
    id: 'footways', type: 'line', source: 'base', 'source-layer': 'geo.lanes', filter: kindIn('footway'), minzoom: 15,
    paint: { 'line-color': c.soft, 'line-width': 1, 'line-dasharray': [2, 2], 'line-opacity': 0.55 },
  };
  const casings = ROADS.map(([id, layer, kinds, edge, , ...w]) => line(`${id}-edge`, layer, kinds, c[edge], [w[0] + 0.4, w[1] + 1.4, w[2] + 2]));
  const surfaces = ROADS.map(([id, layer, kinds, , face, ...w]) => line(id, layer, kinds, c[face], w));
  const rails = [
    { id: 'rail', type: 'line', source: 'base', 'source-layer': 'geo.main_roads', filter: kindIn('rail'), paint: { 'line-color': c.rail, 'line-width': byZoom(9, 0.6, 16, 3) } },
    { id: 'rail-ties', type: 'line', source: 'base', 'source-layer': 'geo.main_roads', filter: kindIn('rail'), minzoom: 11, paint: { 'line-color': c.land, 'line-width': byZoom(9, 0.3, 16, 1.8), 'line-dasharray': [5, 5] } },
  ];
  return [footways, ...casings, ...surfaces, ...rails];
}

function borders(c) {
  // No dashes: neighbours draw their common border twice, and two dashed lines never agree.
  const line = (id, level, width, opacity) => ({
    id, type: 'line', source: 'base', 'source-layer': 'geo.boundaries', filter: ['==', ['get', 'level'], level],
    layout: { 'line-join': 'round' }, paint: { 'line-color': c.border, 'line-width': width, 'line-opacity': opacity },
  });
  return [line('county-border', 3, byZoom(7, 0.5, 14, 1.4), 0.45), line('city-border', 2, byZoom(6, 1.2, 14, 2.4), 0.8)];
}

export function text(field, size, extra = {}) {
  return { 'text-field': field, 'text-font': FONTS, 'text-size': size, 'text-max-width': 8, ...extra };
}

function labels(c) {
  const halo = { 'text-halo-color': c.halo, 'text-halo-width': 1.6 };
  const along = (id, layer, from, size) => ({
    id, type: 'symbol', source: 'base', 'source-layer': layer, minzoom: from, filter: ['!=', ['get', 'name'], ''],
    layout: text(['get', 'name'], size, { 'symbol-placement': 'line', 'symbol-spacing': 320, 'text-max-angle': 35 }),
    paint: { ...halo, 'text-color': c.text },
  });
  const area = (id, kinds, colour) => ({
    id, type: 'symbol', source: 'base', 'source-layer': 'geo.areas', minzoom: 12.5, filter: ['all', kindIn(...kinds), ['!=', ['get', 'name'], '']],
    layout: text(['get', 'name'], 12), paint: { ...halo, 'text-color': colour },
  });
  const division = (id, level, from, to, size, colour) => ({
    id, type: 'symbol', source: 'base', 'source-layer': 'geo.division_names', minzoom: from, maxzoom: to, filter: ['==', ['get', 'level'], level],
    layout: text(['get', 'name'], size, { 'text-letter-spacing': 0.08 }), paint: { ...halo, 'text-color': colour, 'text-halo-width': 2 },
  });
  return [
    along(FIRST_NAMES, 'geo.streets', 14.5, 11.5),
    along('main-road-names', 'geo.main_roads', 12, 12),
    area('green-names', ['green'], c.soft),
    area('water-names', ['water'], c.waterText),
    division('street-division-names', 4, 12, 15.5, 12, c.soft),
    division('county-names', 3, 7, 13, byZoom(8, 12, 12, 17), c.text),
  ];
}

export function baseStyle(settings, c) {
  const background = { id: 'land', type: 'background', paint: { 'background-color': c.land } };
  return {
    version: 8,
    sources: { base: { type: 'vector', tiles: [location.origin + settings.base.tiles], minzoom: 0, maxzoom: settings.base.deepest } },
    layers: [background, ...fills(c), ...roads(c, settings.city.synthetic), ...borders(c), ...labels(c)],
  };
}
