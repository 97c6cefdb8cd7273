'use strict';
// Draws the tables and the pages of repositories out of the JSON in this file. What it shows came
// from strangers: it goes into text nodes and nowhere else.
(() => {
  const SLICE = 200;
  const FIRST = 50;
  const overview = document.getElementById('overview');
  const article = document.getElementById('repository');
  const index = JSON.parse(document.getElementById('index').textContent);
  const title = document.title;
  const number = new Intl.NumberFormat('en');
  const collator = new Intl.Collator('en', { numeric: true });

  // Everything that a reader can't see, or that moves what stands beside it.
  const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
  const PICTURE = /\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?$/u;

  function visible(text) {
    const found = [...text.matchAll(INVISIBLE)];
    if (found.length === 0) {
      return [text];
    }
    const parts = [];
    let from = 0;
    for (const match of found) {
      const joins = match[0] === '\u200d' && PICTURE.test(text.slice(0, match.index));
      if (!joins) {
        parts.push(text.slice(from, match.index), invisible(match[0]));
        from = match.index + match[0].length;
      }
    }
    parts.push(text.slice(from));
    return parts.filter((part) => part !== '');
  }

  function invisible(character) {
    const mark = document.createElement('span');
    mark.className = 'invisible';
    mark.title = 'an invisible character';
    mark.textContent = 'U+' + character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
    return mark;
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== null && value !== false) {
        made.setAttribute(key, value === true ? '' : value);
      }
    }
    for (const child of children.flat()) {
      if (child !== undefined && child !== null && child !== '') {
        made.append(...(typeof child === 'string' ? visible(child) : [child]));
      }
    }
    return made;
  }

  function severity(word, count) {
    return element('span', { class: 'sev ' + word }, count === undefined ? word : count + ' ' + word);
  }

  function plural(count, one, many) {
    return number.format(count) + ' ' + (count === 1 ? one : many);
  }

  // A table of which a slice is in the page: sorted, filtered and lengthened on demand.
  class List {
    constructor(name, rows, columns, words, draw, column) {
      this.table = document.getElementById(name + '-table');
      this.body = this.table.tBodies[0];
      this.form = document.getElementById(name + '-filters');
      this.count = document.getElementById(name + '-count');
      this.more = document.getElementById(name + '-more');
      this.rows = rows;
      this.columns = columns;
      this.words = words;
      this.draw = draw;
      this.tests = [];
      this.found = rows;
      this.shown = FIRST;
      this.heads();
      this.sort(column, false);
      this.form.hidden = false;
      this.form.addEventListener('submit', (event) => event.preventDefault());
    }

    heads() {
      [...this.table.tHead.rows[0].cells].forEach((cell, at) => {
        const button = element('button', { type: 'button' }, cell.textContent);
        button.addEventListener('click', () => {
          this.sort(at, this.sorted === at && !this.backwards);
          this.update();
        });
        cell.replaceChildren(button);
      });
    }

    sort(at, backwards) {
      this.sorted = at;
      this.backwards = backwards;
      const compare = this.columns[at];
      const sign = backwards ? -1 : 1;
      this.rows.sort((one, other) => sign * compare(one, other) || one.at - other.at);
      [...this.table.tHead.rows[0].cells].forEach((cell, each) => {
        if (each === at) {
          cell.setAttribute('aria-sort', backwards ? 'descending' : 'ascending');
        } else {
          cell.removeAttribute('aria-sort');
        }
      });
    }

    text(label) {
      const input = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
      this.filter(label, input, () => {
        const words = input.value.toLowerCase().split(/\s+/).filter((word) => word);
        return words.length === 0
          ? null
          : (row) => {
              row.text ??= this.words.text(row).toLowerCase();
              return words.every((word) => row.text.includes(word));
            };
      });
    }

    choice(label, all, names, test) {
      const select = element('select', {}, element('option', { value: '' }, all));
      names.forEach((name, at) => {
        select.append(element('option', { value: String(at) }, name));
      });
      this.filter(label, select, () => {
        const chosen = Number(select.value);
        return select.value === '' ? null : (row) => test(row, chosen);
      });
    }

    filter(label, control, test) {
      this.form.append(element('label', {}, element('span', {}, label), control));
      this.tests.push(test);
      control.addEventListener('input', () => {
        this.shown = FIRST;
        this.update();
      });
    }

    update() {
      const tests = this.tests.map((test) => test()).filter((test) => test);
      this.found = tests.length
        ? this.rows.filter((row) => tests.every((test) => test(row)))
        : this.rows;
      this.body.replaceChildren(...this.found.slice(0, this.shown).map(this.draw));
      this.tell();
    }

    tell() {
      const { one, many } = this.words;
      const found = this.found.length;
      const all = this.rows.length;
      const shown = Math.min(found, this.shown);
      this.count.textContent =
        (found === all ? plural(all, one, many) : number.format(found) + ' of ' + plural(all, one, many)) +
        (shown < found ? ', the first ' + number.format(shown) + ' shown' : '') +
        (this.words.more ?? '');
      this.more.replaceChildren();
      if (shown < found) {
        const next = Math.min(SLICE, found - shown);
        const button = element('button', { type: 'button' }, 'Show ' + number.format(next) + ' more');
        button.addEventListener('click', () => {
          const rows = this.found.slice(shown, shown + next).map(this.draw);
          this.shown = shown + next;
          this.body.append(...rows);
          this.tell();
          rows[0].querySelector('a').focus();
        });
        this.more.append(button);
      }
    }
  }

  const byNumber = (part) => (one, other) => part(one) - part(other);
  const byText = (part) => (one, other) => collator.compare(part(one), part(other));

  function worstFirst(one, other) {
    for (let level = 0; level < one.counts.length; level++) {
      const order = other.counts[level] - one.counts[level];
      if (order) {
        return order;
      }
    }
    return Number(one.good) - Number(other.good);
  }

  const repositories = index.repositories.map((row, at) => ({
    at,
    number: row[0],
    target: row[1],
    status: row[2],
    good: ['complete', 'skipped_unchanged'].includes(index.statuses[row[2]]),
    cause: row[3],
    counts: row[4],
    found: row[5],
    coverage: row[6],
    coverageRank: row[7],
    costUsd: row[8],
    cost: row[9],
    millis: row[10],
    time: row[11],
  }));
  const findings = index.findings.map((row, at) => ({
    at,
    repository: repositories[row[0]],
    number: row[1],
    severity: row[2],
    rule: row[3],
    title: row[4],
    path: row[5],
    line: row[6],
  }));
  const byIndex = new Map(repositories.map((row) => [row.number, row]));
  // As they stand in the table now: where "next" leads.
  let order = repositories;

  function cell(name, ...children) {
    return element('td', { role: 'cell', 'data-name': name }, ...children);
  }

  function counts(row) {
    const parts = row.counts.flatMap((count, level) =>
      count ? [severity(index.severities[level], count), ' '] : [],
    );
    return parts.length ? parts : [element('span', { class: 'quiet' }, row.found)];
  }

  function state(row) {
    const word = index.statuses[row.status];
    const kind = row.good ? 'good' : word === 'failed' ? 'bad' : 'open';
    return element('span', { class: 'state ' + kind }, word.replaceAll('_', ' '));
  }

  function status(row) {
    return [
      state(row),
      row.cause ? element('span', { class: 'quiet cause' }, row.cause) : '',
    ];
  }

  function repositoryRow(row) {
    return element(
      'tr',
      { role: 'row' },
      element(
        'th',
        { scope: 'row', role: 'rowheader', 'data-name': 'Repository' },
        element('a', { href: '#r/' + row.number }, row.target),
      ),
      cell('Status', ...status(row)),
      cell('Findings', ...counts(row)),
      cell('Coverage', row.coverage),
      cell('Cost', row.cost),
      cell('Time', row.time),
    );
  }

  function findingRow(row) {
    return element(
      'tr',
      { role: 'row' },
      cell('Severity', severity(index.severities[row.severity])),
      element(
        'th',
        { scope: 'row', role: 'rowheader', 'data-name': 'Finding' },
        element('a', { href: '#r/' + row.repository.number + '/' + row.number }, row.title),
      ),
      cell('Rule', element('code', {}, index.rules[row.rule])),
      cell('Repository', element('a', { href: '#r/' + row.repository.number }, row.repository.target)),
      cell('Place', path(row.path + ':' + row.line)),
    );
  }

  const list = new List(
    'repository',
    repositories.slice(),
    [
      byText((row) => row.target),
      byNumber((row) => row.status),
      worstFirst,
      byNumber((row) => row.coverageRank),
      byNumber((row) => -row.costUsd),
      byNumber((row) => -row.millis),
    ],
    {
      one: 'repository',
      many: 'repositories',
      text: (row) => [row.target, row.cause, index.statuses[row.status]].join(' '),
    },
    repositoryRow,
    2,
  );
  list.text('Search repositories');
  const there = index.statuses.map((_, at) => repositories.some((row) => row.status === at));
  const statuses = index.statuses.flatMap((word, at) => (there[at] ? [[word, at]] : []));
  list.choice(
    'Status',
    'Any status',
    statuses.map(([word]) => word.replaceAll('_', ' ')),
    (row, chosen) => row.status === statuses[chosen][1],
  );
  list.choice(
    'Severity',
    'Any severity',
    index.severities.map((word, at) => (at === 0 ? word : word + ' and above')),
    (row, chosen) => row.counts.slice(0, chosen + 1).some((count) => count > 0),
  );

  const all = new List(
    'finding',
    findings,
    [
      byNumber((row) => row.severity),
      byText((row) => row.title),
      byText((row) => index.rules[row.rule]),
      byText((row) => row.repository.target),
      byText((row) => row.path),
    ],
    {
      one: 'finding',
      many: 'findings',
      more: index.findingsLeft
        ? ' (' + number.format(index.findingsLeft) + ' more are in findings.csv only)'
        : '',
      text: (row) =>
        [row.title, index.rules[row.rule], row.repository.target, row.path].join(' '),
    },
    findingRow,
    0,
  );
  all.text('Search findings');
  all.choice('Severity', 'Any severity', index.severities, (row, chosen) => row.severity === chosen);
  all.choice('Rule', 'Any rule', index.rules, (row, chosen) => row.rule === chosen);
  const someFindings = findings.length > 0;
  document.getElementById('finding-section').hidden = !someFindings;
  document.getElementById('to-findings').hidden = !someFindings;
  list.update();
  all.update();

  // The page of one repository.

  function facts(pairs) {
    const made = element('dl', { class: 'details' });
    for (const [name, ...values] of pairs) {
      if (values.some((value) => value)) {
        made.append(element('div', {}, element('dt', {}, name), element('dd', {}, ...values)));
      }
    }
    return made;
  }

  function outside(href, text) {
    return element('a', { href, rel: 'noreferrer noopener', target: '_blank' }, text);
  }

  // Where a forge shows the lines; none for hosts whose addresses are not known.
  function onForge(data, place) {
    const forge = /^https:\/\/(github|gitlab)\.com\/[\w.-]+\/[\w./-]+$/.exec(data.url ?? '');
    const known = /^[0-9a-f]{40,64}$/.test(data.commit ?? '');
    if (!forge || !known || /[\p{Cc}\p{Cf}\p{Cs}]/u.test(place.path)) {
      return null;
    }
    const gitlab = forge[1] === 'gitlab';
    const path = place.path.split('/').map(encodeURIComponent).join('/');
    const last = place.end > place.start ? (gitlab ? '-' : '-L') + place.end : '';
    return (
      data.url.replace(/(\.git)?\/*$/, '') +
      (gitlab ? '/-/blob/' : '/blob/') + data.commit + '/' + path + '#L' + place.start + last
    );
  }

  // A path that may be broken where its folders end.
  function path(text) {
    const parts = text.split(/(?<=\/)/);
    return element('code', { class: 'path' },
      ...parts.flatMap((part, at) => (at ? [document.createElement('wbr'), part] : [part])));
  }

  function placeName(data, place) {
    const lines = place.end > place.start ? place.start + '–' + place.end : String(place.start);
    const name = path(place.path + ':' + lines);
    const href = onForge(data, place);
    const shown = href ? element('a', { href, rel: 'noreferrer noopener', target: '_blank' }, name) : name;
    return place.role && place.role !== 'primary' ? element('span', {}, place.role + ': ', shown) : shown;
  }

  // The lines of a finding and those around it, without empty ones at the edges.
  function code(place) {
    const lines = element('code', {});
    const inside = (at) => place.from + at >= place.start && place.from + at <= place.end;
    const kept = place.lines.flatMap((line, at) => (inside(at) || line.trim() ? [at] : []));
    place.lines.forEach((line, at) => {
      if (at < kept[0] || at > kept[kept.length - 1]) {
        return;
      }
      const here = place.from + at;
      const hit = inside(at);
      lines.append(
        element(
          'span',
          { class: hit ? 'line hit' : 'line' },
          element('span', { class: 'number', 'aria-hidden': 'true' }, (hit ? '▸ ' : '') + here),
          hit ? element('mark', {}, line || ' ') : line,
          '\n',
        ),
      );
    });
    const name = 'Code of ' + place.path + ', line ' + place.start;
    return element('pre', { class: 'code', tabindex: '0', role: 'group', 'aria-label': name }, lines);
  }

  // Code that fits is no stop for the Tab key.
  function fit() {
    for (const code of article.querySelectorAll('pre.code')) {
      if (code.scrollWidth > code.clientWidth) {
        code.setAttribute('tabindex', '0');
      } else {
        code.removeAttribute('tabindex');
      }
    }
  }

  function labelled(label, text, level = 'h4') {
    return text
      ? element('div', { class: 'part' }, element(level, {}, label), element('p', { class: 'prose' }, text))
      : '';
  }

  function finding(data, each, at) {
    const made = element('section', { class: 'finding ' + each.severity });
    made.append(
      element(
        'h3',
        { id: 'f' + at, tabindex: '-1' },
        severity(each.severity), ' ', element('span', { class: 'name' }, each.title),
      ),
      element(
        'p',
        { class: 'facts' },
        element('span', {}, element('code', {}, each.rule)),
        ...(each.cwe ?? []).map((name) => element('span', {}, name)),
        element('span', {}, each.confidence + ' confidence'),
        each.verification && each.verification !== 'unverified'
          ? element('span', {}, each.verification)
          : '',
        each.state ? element('span', {}, each.state) : '',
        each.carried ? element('span', {}, each.carried) : '',
        each.decided ? element('span', {}, each.decided) : '',
        element('span', { title: 'What `repofleet findings accept` and the like call it' }, element('code', {}, each.name)),
      ),
    );
    each.places.forEach((place) => {
      made.append(element('p', { class: 'place' }, placeName(data, place)));
      if (place.lines) {
        made.append(code(place));
      }
    });
    made.append(
      ...[
        labelled('What', each.summary),
        labelled('Why so severe', each.why),
        labelled('What may come of it', each.impact),
        labelled('Verification', each.verified),
      ].filter((part) => part),
    );
    if (each.evidence?.length && !each.places.some((place) => place.lines)) {
      made.append(
        element('div', { class: 'part' }, element('h4', {}, 'Evidence'), ...each.evidence.map((text) =>
          element('pre', { class: 'code plain', tabindex: '0', role: 'group', 'aria-label': 'Evidence' }, text),
        )),
      );
    }
    const remedy = labelled('Remedy', each.remedy);
    if (remedy) {
      made.append(remedy);
    }
    if (each.short) {
      made.append(element('p', { class: 'quiet' }, 'Its texts are left out here. ' + elsewhere(data, 'review.json')));
    }
    return made;
  }

  function elsewhere(data, file) {
    return data.files[file]
      ? 'All of it is in ' + data.files[file] + '.'
      : '`repofleet report ' + index.batch + ' --out DIR` writes all of it.';
  }

  function findingsPart(data, wanted) {
    const some = data.findings ?? [];
    const made = element('section', { 'aria-labelledby': 'its-findings' });
    made.append(element('h2', { id: 'its-findings' }, 'Findings'));
    if (some.length === 0) {
      made.append(element('p', {}, data.found[0].toUpperCase() + data.found.slice(1) + '.'));
    }
    let shown = 0;
    const more = element('p', { class: 'more-rows' });
    const next = (to) => {
      const from = shown;
      const parts = some.slice(from, to).map((each, at) => finding(data, each, from + at + 1));
      more.before(...parts);
      shown = Math.min(to, some.length);
      more.replaceChildren();
      if (shown < some.length) {
        const button = element('button', { type: 'button' }, 'Show the other ' + (some.length - shown));
        button.addEventListener('click', () => {
          next(some.length);
          fit();
          document.getElementById('f' + (from + parts.length + 1)).focus();
        });
        more.append(button);
      }
    };
    made.append(more);
    next(Math.max(FIRST, wanted));
    if (data.findingsLeft) {
      made.append(
        element('p', { class: 'quiet' },
          plural(data.findingsLeft, 'more finding is', 'more findings are') +
            ' left out here. ' + elsewhere(data, 'review.json')),
      );
    }
    return made;
  }

  function fileName(lines) {
    const after = lines.find((line) => line.startsWith('+++ '));
    const before = lines.find((line) => line.startsWith('--- '));
    const name = (line) => line.slice(4).replace(/^"?[ab]\//, '').replace(/"$/, '');
    if (after && !after.startsWith('+++ /dev/null')) {
      return name(after) + (before?.startsWith('--- /dev/null') ? ' (new)' : '');
    }
    return before ? name(before) + ' (deleted)' : lines[0].replace(/^diff --git /, '');
  }

  function patchLines(file) {
    const made = element('code', {});
    let inside = false;
    for (const line of file) {
      inside ||= line.startsWith('@@');
      const kind = !inside
        ? 'head'
        : { '+': 'plus', '-': 'minus', '@': 'hunk' }[line[0]] ?? '';
      made.append(element('span', { class: 'line ' + kind }, line, '\n'));
    }
    return made;
  }

  function patchPart(data) {
    const patch = data.patch;
    if (!patch && !data.patchFault) {
      return '';
    }
    const made = element('section', { 'aria-labelledby': 'its-changes' });
    made.append(element('h2', { id: 'its-changes' }, 'Changes'));
    if (!patch) {
      made.append(element('p', { class: 'note' }, data.patchFault));
      return made;
    }
    const files = [];
    for (const line of patch.text ? patch.text.split('\n') : []) {
      if (line.startsWith('diff --git ') || files.length === 0) {
        files.push([]);
      }
      files[files.length - 1].push(line);
    }
    if (!patch.cut && files.length === 0) {
      made.append(element('p', {}, 'The agent changed nothing.'));
    }
    const lines = patch.text.split('\n').length;
    files.forEach((file) => {
      const name = fileName(file);
      const inside = file.slice(file.findIndex((line) => line.startsWith('@@')));
      const count = (sign) => inside.filter((line) => line.startsWith(sign)).length;
      made.append(
        element(
          'details',
          { class: 'patch', open: lines <= 400 },
          element('summary', {}, element('code', {}, name), ' ',
            element('span', { class: 'quiet' }, '+' + count('+') + ' −' + count('-'))),
          element('pre', { class: 'code', tabindex: '0', role: 'group', 'aria-label': 'Changes of ' + name },
            patchLines(file)),
        ),
      );
    });
    if (patch.cut) {
      made.append(element('p', { class: 'quiet' },
        (files.length ? 'The rest is left out here. ' : 'They are left out here. ') + elsewhere(data, 'changes.patch')));
    }
    return made;
  }

  const KINDS = {
    said: 'Agent', thought: 'Agent, thinking', tool: 'Tool call', result: 'Tool answer',
    failed: 'Tool failure', asked: 'Asked', end: 'End of the turn', left: 'Too long to show',
  };

  function talkPart(data) {
    if (!data.talk && !data.talkLeft) {
      return '';
    }
    const made = element('section', { 'aria-labelledby': 'its-talk' });
    made.append(element('h2', { id: 'its-talk' }, 'Conversation'));
    if (data.talkLeft) {
      made.append(element('p', { class: 'quiet' }, 'It is left out here. ' + elsewhere(data, 'events.jsonl')));
      return made;
    }
    const entries = data.talk.entries;
    const box = element('details', { class: 'talk' });
    box.append(element('summary', {}, 'Show ' + plural(entries.length, 'message', 'messages')));
    box.addEventListener('toggle', () => {
      if (box.open && box.children.length === 1) {
        box.append(talk(data, entries));
      }
    });
    made.append(box);
    return made;
  }

  function talk(data, entries) {
    const made = element('ol', { class: 'entries' });
    if (data.talk.left) {
      made.append(element('li', { class: 'quiet' },
        plural(data.talk.left, 'earlier event is', 'earlier events are') + ' left out here. ' +
          elsewhere(data, 'events.jsonl')));
    }
    let turn;
    for (const entry of entries) {
      if (entry.turn !== undefined && entry.turn !== turn) {
        turn = entry.turn;
        made.append(element('li', { class: 'turn' }, 'Turn ' + turn));
      }
      made.append(
        element('li', { class: entry.kind },
          element('span', { class: 'who' }, KINDS[entry.kind] ?? entry.kind),
          element('div', { class: 'words' }, entry.text)),
      );
    }
    return made;
  }

  function turnsPart(data) {
    if (!data.turns?.length) {
      return '';
    }
    const made = element('section', { 'aria-labelledby': 'its-turns' });
    made.append(element('h2', { id: 'its-turns' }, 'Turns'));
    const all = element('ol', { class: 'turns', start: String(data.turns[0].turn) });
    for (const turn of data.turns) {
      all.append(
        element('li', {},
          element('p', { class: 'facts' },
            element('span', {}, turn.purpose), element('span', {}, turn.status + (turn.cause ? ': ' + turn.cause : '')),
            element('span', {}, plural(turn.steps, 'step', 'steps')), element('span', {}, turn.cost),
            turn.incarnations > 1
              ? element('span', {}, turn.incarnations + ' processes: a model call may be counted twice') : ''),
          turn.summary ? element('p', { class: 'prose' }, turn.summary) : ''),
      );
    }
    made.append(all);
    return made;
  }

  function few(items, one, many) {
    return items?.length
      ? element('details', {}, element('summary', {}, plural(items.length, one, many)),
          element('ul', {}, ...items.map((item) => element('li', {}, element('code', {}, item)))))
      : '';
  }

  function notes(data) {
    const made = [];
    if (index.rehearsal) {
      made.push(element('div', { class: 'note loud', role: 'note' },
        element('strong', {}, 'Rehearsal: no model was used. '), 'The findings are those of a few fixed rules.'));
    }
    if (data.message) {
      made.push(element('div', { class: 'note', role: 'note' }, data.message));
    }
    if (!data.whole && !['queued', 'running'].includes(data.status)) {
      made.push(element('div', { class: 'note', role: 'note' },
        'Not reviewed in full: that nothing was found somewhere does not mean that nothing is there.'));
    }
    return made;
  }

  // The plan's own command, and the end of what it wrote.
  function verified(verify) {
    if (!verify) {
      return [''];
    }
    const said = [element('code', {}, verify.command), ' ' + verify.ending];
    return verify.output
      ? [element('details', {}, element('summary', {}, ...said), element('pre', {}, verify.output))]
      : said;
  }

  function page(row, data, wanted) {
    const files = Object.entries(data.files).map(([name, href]) => element('a', { href }, name));
    const commit = data.commit ? element('code', {}, data.commit) : '';
    const at = order.indexOf(row);
    const to = (other, text) =>
      other ? element('a', { href: '#r/' + other.number }, text + ': ' + other.target) : '';
    return [
      element('p', {}, element('a', { href: '#overview', class: 'back' }, '← All repositories')),
      element('h1', { tabindex: '-1', id: 'repository-heading' }, element('span', { class: 'name' }, data.target)),
      element('p', { class: 'facts' },
        state(row),
        data.cause ? element('span', {}, data.cause) : '',
        ...counts(row)),
      ...notes(data),
      facts([
        ['Address', data.url ? outside(data.url, data.url) : ''],
        ['Commit', commit, data.ref ? ' of ' + data.ref : ''],
        ['Folder', data.subpath],
        ['Coverage', data.coverage, few(data.exclusions, 'path left out', 'paths left out')],
        ['Incremental', data.incremental],
        ['Since', data.since],
        ['Its .reviewignore', data.ignored, few(data.ignoreRules, 'pattern', 'patterns')],
        ['Cost', data.cost + ', ' + data.costSource],
        ['Tokens', data.tokensIn || data.tokensOut
          ? number.format(data.tokensIn) + ' in, ' + number.format(data.tokensOut) + ' out' : ''],
        ['Time', data.time],
        ['Sandboxes', data.attempts > 1 ? data.attempts + ', as some were lost' : ''],
        ['Agent', data.agent],
        ['Agent settings it ships', few(data.agentSettings, 'file, not loaded unless the plan says so', 'files, not loaded unless the plan says so')],
        ['Verify', ...verified(data.verify)],
        ['Not in the changes', few(data.notCarried, 'path', 'paths')],
        ['Files', ...files.flatMap((file) => [file, ' '])],
      ]),
      labelled('Summary', data.summary, 'h2'),
      findingsPart(data, wanted),
      patchPart(data),
      turnsPart(data),
      talkPart(data),
      element('nav', { class: 'beside', 'aria-label': 'Other repositories' },
        to(order[at - 1], 'Previous'), to(order[at + 1], 'Next')),
    ].filter((part) => part);
  }

  // Where one is: #r/INDEX or #r/INDEX/FINDING is a repository, all else the overview.

  let left = null;

  function showRepository(number, wanted) {
    if (!overview.hidden) {
      left = { focus: document.activeElement, top: window.scrollY };
    }
    order = list.found.length ? list.found : repositories;
    const row = byIndex.get(number);
    const block = document.getElementById('r' + number);
    overview.hidden = true;
    article.hidden = false;
    if (!row || !block) {
      const reading = row && document.readyState === 'loading';
      article.replaceChildren(
        element('p', {}, element('a', { href: '#overview' }, '← All repositories')),
        element('h1', { tabindex: '-1' }, reading ? 'Reading …' : 'There is no such repository in this report'),
      );
      if (reading) {
        document.addEventListener('DOMContentLoaded', route, { once: true });
        return;
      }
    } else {
      article.replaceChildren(...page(row, JSON.parse(block.textContent), wanted));
      fit();
    }
    document.title = (row ? row.target + ' · ' : '') + title;
    const heading = (wanted && document.getElementById('f' + wanted)) || article.querySelector('h1');
    heading.focus({ preventScroll: true });
    if (heading.tagName === 'H1') {
      window.scrollTo(0, 0);
    } else {
      heading.scrollIntoView();
    }
  }

  function showOverview(hash) {
    const back = !article.hidden;
    article.hidden = true;
    article.replaceChildren();
    overview.hidden = false;
    document.title = title;
    const section = { '#repositories': 'repositories', '#findings': 'findings' }[hash];
    if (back && left) {
      window.scrollTo(0, left.top);
      if (left.focus?.isConnected && left.focus !== document.body) {
        left.focus.focus({ preventScroll: true });
      } else {
        document.getElementById('overview-heading').focus({ preventScroll: true });
      }
    } else if (section) {
      const heading = document.getElementById(section);
      heading.focus({ preventScroll: true });
      heading.scrollIntoView();
    } else if (back || hash === '#overview') {
      document.getElementById('overview-heading').focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    left = null;
  }

  function route() {
    const hash = window.location.hash;
    const place = /^#r\/(\d{1,9})(?:\/(\d{1,9}))?$/.exec(hash);
    if (place) {
      showRepository(Number(place[1]), Number(place[2] ?? 0));
    } else if (hash !== '#main') {
      showOverview(hash);
    }
  }

  document.querySelector('header nav').addEventListener('click', () => {
    left = null;
  });
  window.addEventListener('hashchange', route);
  window.addEventListener('resize', fit);
  article.addEventListener('toggle', fit, true);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !article.hidden) {
      window.location.hash = '#overview';
    }
  });
  window.history.scrollRestoration = 'manual';
  if (window.location.hash) {
    route();
  }
})();
