// Takes the pictures of pages for docs/pictures/make.
// Arguments: address of Temporal's UI, batch, report.html, the terminal as SVG, folder
// for the pictures.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const [ui, batch, report, terminal, folder] = process.argv.slice(2);
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find(existsSync);

async function main() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 1250 } });
  const workflows = `${ui}/namespaces/default/workflows`;

  await page.goto(`${workflows}/review-batch%2F${batch}`);
  await page.getByText('WriteReport').first().waitFor();
  // The timeline is drawn in steps; nothing on the page tells the last.
  await page.waitForTimeout(3000);
  await page.screenshot({ path: join(folder, 'temporal-batch.png') });

  await page.goto(`${workflows}?query=${encodeURIComponent("WorkflowType='RepositoryReview'")}`);
  const review = page.getByRole('link', { name: `review/${batch}/payments` }).first();
  await review.waitFor();
  await page.goto(new URL(await review.getAttribute('href'), ui).toString());
  await page.getByText('WriteReport').first().waitFor();
  await page.waitForTimeout(3000);
  await page.screenshot({ path: join(folder, 'temporal-review.png') });

  await page.setViewportSize({ width: 1280, height: 900 });
  const sharp = await browser.newPage({ deviceScaleFactor: 2 });
  await sharp.goto(pathToFileURL(terminal).toString());
  await sharp.locator('svg').first().screenshot({ path: join(folder, 'terminal.png') });
  await page.goto(pathToFileURL(report).toString());
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, 'report.png') });
  await page.getByRole('link', { name: './payments' }).or(page.getByRole('link', { name: 'payments' }))
    .first().click();
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, 'report-repository.png') });
  await browser.close();
}

main().catch((error) => {
  console.error(`docs/pictures/make: ${error.message}`);
  process.exit(1);
});
