// Draws tasks and what waits to be sent. Words come from the page, already in the visitor's language.
export function element(name, className = '', text = '') {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function field(name, label, control) {
  const wrap = element('label', 'form-label w-100', label);
  control.name = name;
  wrap.append(control);
  return wrap;
}

function photoInput() {
  const input = element('input', 'form-control');
  Object.assign(input, { type: 'file', accept: 'image/*', multiple: true });
  input.setAttribute('capture', 'environment');
  return input;
}

// send(fields, photos) keeps the answer on the phone.
export function taskCard(task, words, send) {
  const card = element('details', 'field-task');
  card.dataset.task = task.id;
  const head = element('summary');
  head.append(element('span', `badge tone-${task.light}`, task.name), element('strong', '', task.title), element('small', 'text-secondary', task.address));
  card.append(head, element('p', 'street-words', task.words));
  if (task.class) card.append(element('p', '', task.class));
  if (task.closing) card.append(element('p', 'text-secondary', `${words.closing} ${task.closing}`));
  const form = element('form');
  const note = element('textarea', 'form-control');
  note.rows = 2;
  const said = element('p', 'patrol-said');
  said.setAttribute('role', 'alert');
  form.append(field('photos', words.photos, photoInput()), field('note', words.note, note), said);
  const answers = element('div', 'patrol-answers');
  for (const outcome of task.outcomes) {
    const button = element('button', `btn btn-lg ${outcome.good ? 'btn-success' : 'btn-danger'}`, outcome.name);
    button.value = outcome.code;
    answers.append(button);
  }
  form.append(answers);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const outcome = task.outcomes.find((item) => item.code === event.submitter?.value);
    const photos = [...form.elements.photos.files];
    if (!outcome) return;
    if (outcome.photo && !photos.length) { said.textContent = words.needsPhoto; return; }
    if (outcome.reason && !note.value.trim()) { said.textContent = words.needsReason; return; }
    send({ number: task.number, task_id: String(task.id), outcome: outcome.code, note: note.value }, photos);
  });
  card.append(form);
  return card;
}

export function deedCard(deed, words, again, drop) {
  const card = element('div', 'field-deed');
  card.dataset.state = deed.state;
  const name = deed.fields.kind === 'report' ? words.report : words.check;
  card.append(element('strong', '', `${name} ${deed.title}`), element('span', 'text-secondary', deed.state === 'waiting' ? words.waits : deed.reason));
  if (deed.state === 'refused') {
    const buttons = element('div', 'd-flex gap-2');
    const retry = element('button', 'btn btn-sm', deed.fields.kind === 'report' ? words.notRepeated : words.again);
    retry.addEventListener('click', () => again(deed, deed.fields.kind === 'report' ? { not_repeated: '1' } : {}));
    const away = element('button', 'btn btn-sm', words.drop);
    away.addEventListener('click', () => drop(deed));
    buttons.append(retry, away);
    card.append(buttons);
  }
  return card;
}

export function classesInto(select, groups) {
  if (select.dataset.groups === String(groups.length) || !groups.length) return;
  const chosen = select.value;
  select.replaceChildren(new Option('—', ''));
  for (const group of groups) {
    const box = document.createElement('optgroup');
    box.label = group.name;
    for (const [code, name] of group.choices) box.append(new Option(name, code));
    select.append(box);
  }
  select.value = chosen;
  select.dataset.groups = String(groups.length);
}
