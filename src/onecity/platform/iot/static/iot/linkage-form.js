// Shows of a rule's form only what the choices ask for; without this module every field is simply there.
const USED = {
  alarm: ['severity', 'text'], case: ['text'], message: ['to', 'text'], command: ['command', 'arguments', 'target'], webhook: ['subscription', 'text'],
};

function show(element, wanted) {
  element.hidden = !wanted;
}

function follow(form) {
  const how = form.querySelector('input[name=how]:checked')?.value ?? 'parts';
  const mode = form.elements.mode.value;
  form.querySelectorAll('[data-how]').forEach((part) => show(part, part.dataset.how === how));
  form.querySelectorAll('[data-mode]').forEach((part) => show(part, part.dataset.mode === mode));
  const counted = form.elements.quantity.value === 'filter' && mode === 'together';
  show(form.elements.number.closest('[data-mode]'), counted);
  form.querySelectorAll('[data-act]').forEach((act) => {
    const kind = act.querySelector('[data-for=kind] select').value;
    act.querySelectorAll('[data-for]').forEach((cell) => show(cell, cell.dataset.for === 'kind' || (USED[kind] ?? []).includes(cell.dataset.for)));
  });
}

function unfold(form, name, selector) {
  const parts = [...form.querySelectorAll(`[data-${name}]`)];
  const more = form.querySelector(`[data-more=${name}]`);
  const used = (part) => part.querySelector(selector).value !== '' || part.querySelector('.invalid-feedback');
  const last = parts.reduce((found, part, place) => (used(part) ? place : found), 0);
  parts.forEach((part, place) => show(part, place <= last));
  show(more, last < parts.length - 1);
  more.addEventListener('click', () => {
    const next = parts.find((part) => part.hidden);
    show(next, true);
    next.querySelector('select').focus();
    show(more, parts.some((part) => part.hidden));
  });
}

export default function linkageForm(form) {
  unfold(form, 'row', 'select');
  unfold(form, 'act', '[data-for=kind] select');
  form.addEventListener('change', () => follow(form));
  follow(form);
}
