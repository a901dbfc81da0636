// Takes a signature drawn by finger, pen or mouse, and puts it as a PNG into the form's file field.
const WIDTH = 3.5;

export default function signature(box) {
  const canvas = box.querySelector('canvas');
  const field = box.querySelector('input[type=file]');
  const pen = canvas.getContext('2d');
  let last = null;
  let drawn = false;

  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
  };
  const clear = () => {
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    field.value = '';
    drawn = false;
  };
  const keep = () => canvas.toBlob((picture) => {
    const files = new DataTransfer();
    files.items.add(new File([picture], 'signature.png', { type: 'image/png' }));
    field.files = files.files;
  }, 'image/png');

  canvas.addEventListener('pointerdown', (event) => { last = place(event); canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener('pointermove', (event) => {
    if (!last) return;
    const next = place(event);
    pen.strokeStyle = '#0e2748';
    pen.lineWidth = WIDTH;
    pen.lineCap = 'round';
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...next);
    pen.stroke();
    last = next;
    drawn = true;
  });
  for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => { last = null; if (drawn) keep(); });
  box.querySelector('[data-clear]').addEventListener('click', clear);
  clear();
}
