// Opens a report in a real browser and says what is wrong with it, a line each; nothing when all is
// well. Times and sizes go to standard error.
//
// node check.mjs FOLDER-OF-NODE-MODULES CHROMIUM REPORT FOLDER-FOR-PICTURES full|times
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [tools, chromium, report, pictures, mode] = process.argv.slice(2);
const require = createRequire(join(tools, 'here.js'));
const playwright = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const url = pathToFileURL(report).href;
const faults = [];
// Milliseconds that only a hang takes, on a busy machine too.
const PATIENCE = 180000;
mkdirSync(pictures, { recursive: true });

const browser = await playwright.chromium.launch({
  executablePath: chromium,
  args: ['--no-sandbox'],
  timeout: PATIENCE,
});

async function newContext(options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  return context;
}

async function open(scheme, width, hash = '') {
  const context = await newContext({
    colorScheme: scheme,
    viewport: { width, height: 900 },
    offline: true,
  });
  const page = await context.newPage();
  const where = `${scheme} ${width} ${hash}`;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      faults.push(`${where}: console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => faults.push(`${where}: ${error.stack}`));
  page.on('request', (request) => {
    const asked = request.url();
    if (asked.split('#')[0] !== url && !asked.startsWith('data:')) {
      faults.push(`${where}: request for ${asked}`);
    }
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      globalThis.violations.push(event.violatedDirective + ' ' + event.blockedURI),
    );
  });
  await page.goto(url + hash, { waitUntil: 'load' });
  return { page, where };
}

function expect(condition, sentence) {
  if (!condition) {
    faults.push(sentence);
  }
}

async function unfold(page) {
  await page.evaluate(() => {
    document.querySelectorAll('article details').forEach((each) => (each.open = true));
  });
  await page.waitForTimeout(100);
}

// Axe and pictures leave styles on elements: the page's own can be told from theirs before them alone.
async function judge(page, where, withAxe = true, untouched = true) {
  const seen = await page.evaluate((untouched) => ({
    violations: globalThis.violations,
    hacked: globalThis.hacked,
    images: document.querySelectorAll('main img, main iframe, main object, [onerror], [onload]' + (untouched ? ', [style]' : '')).length,
    scripts: document.querySelectorAll('script:not([type])').length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    raw: /[\u202a-\u202e\u2066-\u2069\u001b]/.test(document.body.innerText),
    outside: [...document.querySelectorAll('a[href]')].filter(
      (a) =>
        !/^(https:\/\/|#|[A-Za-z0-9._-]+\/[a-z.]+$)/.test(a.getAttribute('href')) ||
        (a.getAttribute('href').startsWith('https:') && !a.rel.includes('noreferrer')),
    ).map((a) => a.outerHTML),
  }), untouched);
  expect(seen.violations.length === 0, `${where}: policy violated: ${seen.violations}`);
  expect(seen.hacked === undefined, `${where}: a script of the report's subjects ran`);
  expect(seen.images === 0, `${where}: foreign elements: ${seen.images}`);
  expect(seen.scripts === 1, `${where}: ${seen.scripts} scripts`);
  expect(seen.wide <= 0, `${where}: ${seen.wide} px wider than the window`);
  expect(!seen.raw, `${where}: a character that turns or controls is in the text`);
  expect(seen.outside.length === 0, `${where}: links: ${seen.outside.slice(0, 3)}`);
  if (!withAxe) {
    return;
  }
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run());
  for (const violation of result.violations) {
    const line = `${where}: axe ${violation.impact}: ${violation.id}: ${violation.nodes[0].html.slice(0, 300)}`;
    if (['serious', 'critical'].includes(violation.impact)) {
      faults.push(line);
    } else {
      console.error(line);
    }
  }
}

async function shoot(page, name, fullPage = true) {
  await page.screenshot({ path: join(pictures, name + '.png'), fullPage });
}

const focused = (page) =>
  page.evaluate(() => document.activeElement.id || document.activeElement.textContent.slice(0, 60));

async function byKeyboard() {
  const { page } = await open('light', 1400);
  await page.keyboard.press('Tab');
  expect((await focused(page)).startsWith('Skip'), 'the first stop is not the skip link');
  const rows = () => page.locator('#repository-table tbody tr').count();
  const before = await rows();
  await page.locator('#repository-filters input').focus();
  await page.keyboard.type('no such repository anywhere');
  expect((await rows()) === 0, 'the filter lets everything through');
  const count = await page.locator('#repository-count').textContent();
  expect(count.startsWith('0 of '), `the count says ${count}`);
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  expect((await rows()) === before, 'the filter does not let go');
  await page.locator('#repository-table thead button').first().focus();
  await page.keyboard.press('Enter');
  const head = page.locator('#repository-table thead th').first();
  expect((await head.getAttribute('aria-sort')) === 'ascending', 'not sorted by the first column');
  await page.keyboard.press('Space');
  expect((await head.getAttribute('aria-sort')) === 'descending', 'not sorted the other way');
  const link = page.locator('#repository-table tbody a').first();
  await link.focus();
  const name = await link.textContent();
  await page.keyboard.press('Enter');
  await page.locator('#repository-heading').waitFor();
  expect((await focused(page)) === 'repository-heading', 'the heading has no focus');
  await page.keyboard.press('Escape');
  await page.locator('#overview').waitFor();
  expect((await focused(page)) === name.slice(0, 60), 'the focus does not return to the link');
  await page.goBack();
  await page.locator('#repository-heading').waitFor();
  await page.goForward();
  await page.locator('#overview').waitFor();
  const finding = page.locator('#finding-table tbody a').first();
  if (await finding.count()) {
    await finding.focus();
    await page.keyboard.press('Enter');
    await page.locator('#f1').waitFor();
    expect(/^f\d+$/.test(await focused(page)), 'the finding has no focus');
  }
  await page.context().close();
}

async function everyRepository() {
  const { page, where } = await open('light', 420);
  const links = await page.locator('#repository-table tbody a').all();
  const places = await Promise.all(links.map((link) => link.getAttribute('href')));
  for (const place of places) {
    await page.goto(url + place);
    await page.locator('#repository-heading').waitFor();
    await unfold(page);
    await judge(page, where + place, false);
  }
  await page.context().close();
}

// Each colour and each width once.
const views = [
  ['light', 1400],
  ['dark', 420],
];

async function full() {
  for (const [scheme, width] of views) {
    const { page, where } = await open(scheme, width);
    await judge(page, where + 'overview');
    await shoot(page, `overview-${scheme}-${width}`);
    await page.locator('#repository-table tbody a').first().click();
    await page.locator('#repository-heading').waitFor();
    await unfold(page);
    await judge(page, where + 'repository', true, false);
    await shoot(page, `repository-${scheme}-${width}`);
    await page.context().close();
  }
  await everyRepository();
  await byKeyboard();
  const plain = await newContext({ javaScriptEnabled: false });
  const page = await plain.newPage();
  await page.goto(url);
  expect(await page.locator('#repository-table tbody tr').count(), 'nothing to read without a script');
  expect((await page.content()).includes('need the script'), 'nothing says that the script is needed');
  await plain.close();
}

async function times() {
  const context = await newContext({ viewport: { width: 1400, height: 900 }, offline: true });
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  const begin = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => document.querySelector('#finding-table tbody tr'));
  const usable = performance.now() - begin;
  await page.waitForLoadState('load');
  const load = performance.now() - begin;
  const timed = (act) =>
    page.evaluate(async (source) => {
      const from = performance.now();
      new Function(source)();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return performance.now() - from;
    }, act);
  const filter = await timed(
    `const input = document.querySelector('#finding-filters input');
     input.value = 'r7 inj'; input.dispatchEvent(new Event('input'));`,
  );
  const sort = await timed(`document.querySelectorAll('#finding-table thead button')[1].click();`);
  await page.evaluate(() => {
    const input = document.querySelector('#finding-filters input');
    input.value = '';
    input.dispatchEvent(new Event('input'));
  });
  const sortAll = await timed(`document.querySelectorAll('#finding-table thead button')[4].click();`);
  const more = await timed(`document.querySelector('#finding-more button').click();`);
  const repository = await timed(`location.hash = '#r/7';`);
  await page.locator('#repository-heading').waitFor();
  const nodes = await page.evaluate(() => document.getElementsByTagName('*').length);
  await context.close();
  for (const [scheme, width] of views) {
    const { page: overview, where } = await open(scheme, width);
    await judge(overview, where);
    await shoot(overview, `large-${width}`, false);
    await overview.context().close();
  }
  const measured = { usable, load, filter, sort, sortAll, more, repository };
  console.error(
    `report of ${(statSync(report).size / 1e6).toFixed(1)} MB, ${nodes} nodes, ms: ` +
      Object.entries(measured).map(([name, value]) => `${name} ${Math.round(value)}`).join(', '),
  );
}

try {
  await (mode === 'times' ? times() : full());
} catch (error) {
  faults.push(String(error.stack));
} finally {
  await browser.close();
}
faults.forEach((fault) => console.log(fault.replaceAll('\n', ' ')));
process.exitCode = faults.length ? 1 : 0;
