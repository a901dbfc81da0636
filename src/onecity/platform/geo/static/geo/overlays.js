// Declared layers over the base map: colours by class, labels, shown and hidden as one.
import { FIRST_NAMES, text } from './style.js';

const SOURCE_DEEPEST = 16;

export function colour(layer, palette) {
  if (!layer.styleField || !layer.classes.length) return palette.of(layer.colour);
  const cases = layer.classes.flatMap((item) => [item.value, palette.of(item.colour)]);
  return ['match', ['to-string', ['get', layer.styleField]], ...cases, palette.of(layer.colour)];
}

function parts(layer, palette) {
  const tone = colour(layer, palette);
  const at = { source: layer.code, 'source-layer': layer.code };
  if (layer.geometry === 'point') {
    const size = ['interpolate', ['linear'], ['zoom'], 10, 4, 16, 8];
    const point = { ...at, id: `${layer.code}/point`, type: 'circle', paint: { 'circle-color': tone, 'circle-radius': size, 'circle-stroke-color': palette.edge, 'circle-stroke-width': 1.5 } };
    if (!palette.glow) return [point];
    const wide = ['interpolate', ['linear'], ['zoom'], 10, 13, 16, 26]; // on the dark map points shine, to be seen from across a room
    return [{ ...at, id: `${layer.code}/glow`, type: 'circle', paint: { 'circle-color': tone, 'circle-radius': wide, 'circle-blur': 1, 'circle-opacity': palette.glow } }, point];
  }
  if (layer.geometry === 'line') {
    const round = { 'line-cap': 'round', 'line-join': 'round' };
    return [{ ...at, id: `${layer.code}/line`, type: 'line', layout: round, paint: { 'line-color': tone, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1.5, 16, 5] } }];
  }
  return [
    { ...at, id: `${layer.code}/fill`, type: 'fill', paint: { 'fill-color': tone, 'fill-opacity': layer.classes.length ? 0.45 : 0.1 } },
    { ...at, id: `${layer.code}/edge`, type: 'line', paint: { 'line-color': tone, 'line-width': 1.4, 'line-opacity': 0.85 } },
  ];
}

function label(layer, palette) {
  const below = layer.geometry === 'point' ? { 'text-offset': [0, 1.1], 'text-anchor': 'top' } : {};
  const place = layer.geometry === 'line' ? { 'symbol-placement': 'line' } : {};
  return {
    id: `${layer.code}/label`, type: 'symbol', source: layer.code, 'source-layer': layer.code, minzoom: Math.min(layer.from + 1.5, 17),
    // An area's name comes in the one tile that holds its middle, so that it is written once.
    layout: text(['get', layer.geometry === 'polygon' ? 'label_here' : layer.label], 11.5, { ...below, ...place }),
    paint: { 'text-color': palette.text, 'text-halo-color': palette.halo, 'text-halo-width': 1.6 },
  };
}

export function addOverlays(map, settings, palette) {
  for (const layer of settings.layers) {
    map.addSource(layer.code, {
      type: 'vector', tiles: [location.origin + layer.tiles], minzoom: layer.from, maxzoom: Math.max(layer.from, Math.min(layer.to, SOURCE_DEEPEST)),
    });
    const visibility = layer.shown ? 'visible' : 'none';
    const names = layer.geometry === 'polygon' ? FIRST_NAMES : undefined; // areas lie under the base map's names, points on top
    for (const part of parts(layer, palette)) map.addLayer({ ...part, layout: { ...part.layout, visibility } }, names);
    if (layer.label) {
      const part = label(layer, palette);
      map.addLayer({ ...part, layout: { ...part.layout, visibility } });
    }
  }
}

export function ids(map, code) {
  return map.getStyle().layers.map((item) => item.id).filter((id) => id.startsWith(`${code}/`));
}

export function show(map, layer, shown) {
  layer.shown = shown;
  ids(map, layer.code).forEach((id) => map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none'));
}

export function refresh(map, code) {
  if (map.getSource(code)) map.refreshTiles(code);
}
