// Choosing files: previews, removal, dragging in, and progress while the whole form is sent.
// The list lives in the field itself, so a form sent without this script sends the same.

const kept = new Map(); // what was chosen, by field name, so that a form shown again after an error has it still

function transfer(files) {
  const held = new DataTransfer();
  files.forEach((file) => held.items.add(file));
  return held.files;
}

function entry(file, remove, word) {
  const item = document.createElement('li');
  let face = document.createElement('span');
  if (file.type.startsWith('image/')) {
    face = document.createElement('img');
    face.src = URL.createObjectURL(file);
    face.alt = '';
    face.addEventListener('load', () => URL.revokeObjectURL(face.src), { once: true });
  } else {
    face.className = 'upload-blank';
    face.textContent = file.name.split('.').pop().slice(0, 5).toUpperCase();
  }
  const name = document.createElement('span');
  name.className = 'upload-name';
  name.textContent = name.title = file.name;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'upload-remove';
  button.textContent = '×';
  button.setAttribute('aria-label', `${word} ${file.name}`);
  button.addEventListener('click', remove);
  item.append(face, name, button);
  return item;
}

class Upload {
  constructor(element) {
    this.element = element;
    this.words = element.dataset;
    [this.field, this.camera] = element.querySelectorAll('input[type=file]');
    this.list = element.querySelector('.upload-chosen');
    this.notice = element.querySelector('.upload-notice');
    this.bar = element.querySelector('progress');
    this.files = kept.get(this.field.name) ?? [];
    kept.delete(this.field.name);
    element.classList.add('live');
    this.listen();
    this.show();
  }

  listen() {
    this.field.addEventListener('change', () => this.add([...this.field.files]));
    this.camera?.addEventListener('change', () => { const taken = [...this.camera.files]; this.camera.value = ''; this.add(taken); });
    for (const kind of ['dragover', 'dragleave', 'drop']) {
      this.element.addEventListener(kind, (event) => {
        event.preventDefault();
        this.element.classList.toggle('over', kind === 'dragover');
        if (kind === 'drop') this.add([...event.dataTransfer.files]);
      });
    }
    this.field.form?.addEventListener('submit', (event) => this.send(event));
  }

  add(chosen) {
    const known = new Set(this.files.map((file) => `${file.name}|${file.size}|${file.lastModified}`));
    const complaints = [];
    for (const file of chosen) {
      if (file.size > Number(this.words.largest) * 1048576) complaints.push(`${file.name} ${this.words.tooLarge}`);
      else if (this.files.length >= Number(this.words.most)) complaints.push(this.words.tooMany);
      else if (!known.has(`${file.name}|${file.size}|${file.lastModified}`)) this.files.push(file);
    }
    this.notice.textContent = [...new Set(complaints)].join('；');
    this.show();
  }

  show() {
    this.field.files = transfer(this.files);
    this.list.hidden = !this.files.length;
    this.list.replaceChildren(...this.files.map((file, index) => entry(file, () => {
      this.files.splice(index, 1);
      this.show();
      (this.list.querySelectorAll('button')[Math.min(index, this.files.length - 1)] ?? this.field).focus();
    }, this.words.remove)));
  }

  send(event) {
    if (event.defaultPrevented || !this.files.length) return;
    event.preventDefault();
    const form = this.field.form;
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('X-Sent-By-Script', '1');
    request.upload.addEventListener('progress', (step) => { if (step.lengthComputable) this.bar.value = step.loaded / step.total; });
    request.addEventListener('load', () => this.arrived(request));
    request.addEventListener('error', () => this.failed(form));
    this.bar.hidden = false;
    this.notice.textContent = this.words.sending;
    request.send(new FormData(form, event.submitter));
  }

  arrived(request) {
    const next = request.getResponseHeader('X-Led-To');
    if (next) {
      window.location.assign(next);
      return;
    }
    kept.set(this.field.name, this.files); // the form comes again, with what is wrong
    window.htmx.swap('#main', request.responseText, { swapStyle: 'outerHTML' }, { select: '#main' });
    window.scrollTo({ top: 0 });
  }

  failed(form) {
    this.bar.hidden = true;
    this.notice.textContent = this.words.failed;
    setTimeout(() => form.querySelectorAll('button').forEach((button) => { button.disabled = false; }));
  }
}

export default function upload(element) {
  new Upload(element);
}
