// Draws the process of a case: where it stands, and where it has been.
const SMALLEST = 0.5;
const READABLE = 0.85;

export default async function viewer(element) {
  const { url, now, passed } = element.dataset;
  const answer = await fetch(url, { headers: { Accept: 'application/xml' } });
  if (!answer.ok) return;
  const drawing = new window.BpmnJS({ container: element });
  await drawing.importXML(await answer.text());
  const canvas = drawing.get('canvas');
  const known = drawing.get('elementRegistry');
  mark(canvas, known, passed, 'node-passed');
  mark(canvas, known, now, 'node-now');
  canvas.zoom('fit-viewport', 'auto');
  const here = known.get(now.split(' ')[0]) ?? known.find((item) => item.type === 'bpmn:StartEvent');
  if (canvas.zoom() < SMALLEST && here) {
    canvas.zoom(READABLE);
    canvas.scrollToElement(here, { top: 60, bottom: 60, left: 80, right: 160 });
  } else canvas.zoom(canvas.zoom() * 0.94, 'auto');
  element.dataset.ready = 'yes';
}

function mark(canvas, known, nodes, marker) {
  for (const node of nodes.split(' ').filter(Boolean)) if (known.get(node)) canvas.addMarker(node, marker);
}
