// Opens pictures large over the page: arrow keys go on, Escape closes, the focus goes back to where it was.

function button(name, text, label, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = name;
  made.textContent = text;
  made.setAttribute('aria-label', label);
  made.addEventListener('click', action);
  return made;
}

function box(words, step) {
  const dialog = document.createElement('dialog');
  dialog.className = 'lightbox';
  const bar = document.createElement('div');
  bar.className = 'lightbox-bar';
  const name = document.createElement('span');
  name.className = 'lightbox-name';
  const download = document.createElement('a');
  download.textContent = words.download;
  bar.append(name, download, button('', '✕', words.close, () => dialog.close()));
  const stage = document.createElement('div');
  stage.className = 'lightbox-stage';
  const picture = document.createElement('img');
  stage.append(
    picture,
    button('lightbox-way lightbox-before', '‹', words.before, () => step(-1)),
    button('lightbox-way lightbox-next', '›', words.next, () => step(1)),
  );
  dialog.append(bar, stage);
  return { dialog, name, download, picture, stage };
}

export default function gallery(element) {
  const links = [...element.querySelectorAll('a[data-picture]')];
  if (!links.length) return;
  let at = 0;
  const parts = box(element.dataset, (by) => show(at + by));
  element.append(parts.dialog);

  function show(index) {
    at = (index + links.length) % links.length;
    const { href, dataset } = links[at];
    parts.picture.src = href;
    parts.picture.alt = dataset.name;
    parts.name.textContent = links.length > 1 ? `${at + 1} / ${links.length} · ${dataset.name}` : dataset.name;
    parts.download.href = `${href}?download`;
    parts.dialog.setAttribute('aria-label', dataset.name);
    parts.stage.querySelectorAll('button').forEach((way) => { way.hidden = links.length < 2; });
  }

  links.forEach((link, index) => link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(index);
    parts.dialog.showModal();
  }));
  parts.dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowLeft') show(at - 1);
    if (event.key === 'ArrowRight') show(at + 1);
  });
  parts.stage.addEventListener('click', (event) => { if (event.target === parts.stage) parts.dialog.close(); });
  parts.dialog.addEventListener('close', () => { links[at].focus(); });
}
