/* What the pages do more of where scripts run: words of the sentence become a missing cue; single-key shortcuts.
   Everything here can also be done without. */
'use strict';

// Keys: off unless the page says so (WCAG 2.1.4), and never while somebody types.
const TYPING = 'select, textarea, input:not([type=radio]):not([type=checkbox])';

document.addEventListener('keydown', (event) => {
  if (!('shortcuts' in document.body.dataset) || event.key.length !== 1 || event.repeat || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.getModifierState('AltGraph')) return;
  if (event.target.closest(TYPING)) return;
  // On a French keyboard the digits are there only with Shift: the place of the key counts.
  const digit = event.shiftKey ? null : /^Digit(\d)$/.exec(event.code);
  const key = digit ? digit[1] : event.key.toLowerCase();
  if (key === 'j' || key === 'k') return step(key === 'j' ? 1 : -1);
  const wanted = [...document.querySelectorAll('[aria-keyshortcuts]')].find(
    (element) => element.getAttribute('aria-keyshortcuts') === key
  );
  if (!wanted) return;
  event.preventDefault();
  const details = wanted.closest('details');
  if (details) details.open = true;
  wanted.focus();
  if (wanted.matches('a, button, [type=radio]')) wanted.click();
});

function step(by) {
  const items = [...document.querySelectorAll('.queue .words')];
  const at = items.indexOf(document.activeElement);
  const next = at < 0 ? items[0] : items[at + by];
  if (next) next.focus();
}

// Where it is said that scripts do not run.
document.getElementById('no-script')?.remove();

// Words: the text of the sentence without the numbers of its marks, and where each piece of it stands.
const sentence = document.getElementById('sentence');
const pick = document.getElementById('pick');

if (sentence && pick) {
  const pieces = [];
  let text = '';
  const walker = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (walker.currentNode.parentElement.closest('sup')) continue;
    pieces.push({ node: walker.currentNode, start: text.length });
    text += walker.currentNode.data;
  }
  const words = [...text.matchAll(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu)].map((m) => [m.index, m.index + m[0].length]);
  const button = pick.querySelector('button');
  let chosen = null; // [start, end] in text
  let anchor = -1; // words, by number: where a selection by keyboard began, and where it is
  let head = -1;

  // Plain as the server has it when it looks for the words: one character for one.
  const plain = (string) =>
    [...string.replaceAll('’', "'").replace(/[\u00a0\u202f\n\t]/g, ' ')]
      .map((c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c))
      .join('');

  const place = (node, offset) => {
    const range = document.createRange();
    range.setStart(sentence, 0);
    range.setEnd(node, offset);
    return pieces.reduce((sum, piece) => {
      if (piece.node === node) return sum + offset;
      return range.comparePoint(piece.node, 0) <= 0 ? sum + piece.node.length : sum;
    }, 0);
  };

  const show = (found) => {
    chosen = found;
    pick.hidden = !chosen;
    if (chosen) button.textContent = pick.dataset.pick.replace('{words}', () => text.slice(...chosen));
  };

  // Whole words only: half a word is a slip of the mouse.
  const selected = () => {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!sentence.contains(range.startContainer) || !sentence.contains(range.endContainer)) return null;
    const start = place(range.startContainer, range.startOffset);
    const end = place(range.endContainer, range.endOffset);
    const inside = words.filter((word) => word[0] < end && word[1] > start);
    return inside.length ? [inside[0][0], inside.at(-1)[1]] : null;
  };
  document.addEventListener('selectionchange', () => {
    if (!pick.contains(document.activeElement)) show(selected());
  });

  const point = (offset) => {
    const piece = pieces.findLast((each) => each.start <= offset);
    return [piece.node, offset - piece.start];
  };

  sentence.tabIndex = 0;
  sentence.setAttribute('aria-describedby', 'pick-help');
  sentence.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      show(selected()); // selectionchange may be still to come
      if (!chosen) return;
      event.preventDefault();
      return take();
    }
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || !words.length) return;
    event.preventDefault();
    head = Math.min(Math.max(head + by, 0), words.length - 1);
    if (!event.shiftKey || anchor < 0) anchor = head;
    const [first, last] = anchor < head ? [anchor, head] : [head, anchor];
    const [from, to] = [point(words[first][0]), point(words[last][1] - 1)];
    document.getSelection().setBaseAndExtent(from[0], from[1], to[0], to[1] + 1);
  });

  function take() {
    const found = text.slice(...chosen).replace(/\s/g, ' ');
    const [whole, part] = [plain(text), plain(found)];
    let nth = 0;
    for (let at = whole.indexOf(part); at >= 0 && at <= chosen[0]; at = whole.indexOf(part, at + 1)) nth += 1;
    const fields = [...document.querySelectorAll('input[id^=words-]')];
    const field = fields.find((each) => !each.value) || fields.at(-1);
    if (!field) return;
    field.value = nth > 1 ? `#${nth} ${found}` : found;
    field.closest('details').open = true;
    const category = document.getElementById(field.id.replace('words', 'category'));
    category.focus({ preventScroll: true });
    category.scrollIntoView({ block: 'nearest' });
    document.getElementById('picked').textContent = pick.dataset.picked.replace('{words}', () => found);
    document.getSelection().removeAllRanges();
    show(null);
  }
  button.addEventListener('mousedown', (event) => event.preventDefault()); // which would end the selection
  button.addEventListener('click', () => chosen && take());
}
