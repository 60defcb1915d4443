import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openDesk } from '../../src/app.ts'
import { makeBriefs } from '../../src/calls/make-briefs.ts'
import type { View } from '../../src/channels/cards/card.ts'
import { renderView } from '../../src/channels/slack/blocks/render-view.ts'
import { readConfig } from '../../src/config.ts'
import { startDesk } from '../../src/start-desk.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { rememberPerson } from '../../src/store/people.ts'
import { openChromium } from './chromium.ts'
import { drawMessages } from './draw-blocks.ts'

/** Takes the README's pictures anew, of the page and of what Slack is sent: `node test/support/take-pictures.ts`. The demo salon on a morning in November. */
const folder = resolve(import.meta.dirname, '../../docs/pictures')
const home = await mkdtemp(join(tmpdir(), 'desk-pictures-'))
const desk = await openDesk({ config: readConfig({ DESK_HOME: home, DESK_NOW: '2026-11-18T08:00:00-08:00', DESK_LOG: 'silent', PORT: '0' }) })
let browser: Browser | undefined
try {
  await desk.ensureBook()
  await makeBriefs({ platform: desk.platform, score: desk.score, store: desk.store, clock: desk.clock, onError: (error) => { throw error } })
  const running = await startDesk({ desk })
  try {
    await desk.agent()
    browser = await openChromium()
    await mkdir(folder, { recursive: true })
    await takeAll({ browser, url: running.url })
    await takeSlack({ browser })
  } finally {
    await browser?.close()
    await running.close()
  }
} finally {
  await desk.close()
  await rm(home, { recursive: true, force: true })
}

async function takeAll({ browser, url }: { browser: Browser; url: string }): Promise<void> {
  const open = async (options: BrowserContextOptions): Promise<Page> => {
    const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage()
    await page.goto(url)
    await page.locator('#panel article').first().waitFor()
    return page
  }
  const ask = async (page: Page, words: string): Promise<void> => {
    await page.getByLabel('Message to the desk').fill(words)
    await page.getByLabel('Message to the desk').press('Enter')
    await page.locator('.line.desk').last().locator('article').last().waitFor()
    await page.getByLabel('Message to the desk').blur()
  }
  const take = async (page: Page, name: string): Promise<void> => {
    await page.evaluate('scrollTo(0, 0)')
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    await page.context().close()
  }
  const wide = { viewport: { width: 1440, height: 920 } }

  // On a phone's width: a change that waits for its yes.
  const small = await open({ viewport: { width: 390, height: 980 }, deviceScaleFactor: 2, hasTouch: true })
  await small.getByRole('button', { name: 'Chat', exact: true }).click()
  await ask(small, 'move Dana Reyes to friday at 3pm')
  await take(small, 'page-phone')

  // The whole way: approved, told, answered.
  const day = await open(wide)
  await day.getByRole('tab', { name: /Proposals/ }).click()
  await day.locator('#panel').getByRole('button', { name: 'Move' }).click()
  await day.locator('.texts .out').waitFor()
  await day.getByRole('button', { name: 'YES', exact: true }).click()
  await day.locator('.texts .in').waitFor()
  await day.locator('.said .close').click()
  await day.getByRole('tab', { name: 'Calls' }).click()
  await ask(day, 'move Beatriz Young to thursday at 5pm')
  await day.mouse.move(0, 0)
  await take(day, 'page')

  // A client's answer that is more than a yes: how it was read, why it waits, and what can be done with one tap.
  const [dana] = unwrap(await desk.platform.findClients({ name: 'Dana Reyes' }))
  const [noor] = unwrap(await desk.platform.findClients({ name: 'Noor Owens' }))
  if (dana === undefined || noor === undefined) throw new Error('nobody to write')
  await desk.messages.receive({ clientId: noor.id, body: 'I have to cancel today, so sorry', externalId: 'picture-1' })
  await desk.messages.receive({ clientId: dana.id, body: 'Oh wait, could we maybe do 3:30? And do you have parking?', externalId: 'picture-2' })
  const texts = await open({ viewport: { width: 1440, height: 1180 } })
  await texts.getByRole('tab', { name: /^Texts/ }).click()
  await texts.locator('.thread', { hasText: 'Dana Reyes' }).click()
  await texts.locator('#panel article .talk').first().waitFor()
  await texts.mouse.move(0, 0)
  await take(texts, 'texts')

  // Dana calls: proves who she is, wants another time, and hears what is free.
  await desk.messages.lookedAfter({ clientId: dana.id, by: { id: 'page:owner', name: 'Owner', role: 'owner' } })
  const line = await open({ viewport: { width: 1440, height: 1180 } })
  const say = async (words: string): Promise<void> => {
    const said = line.locator('.call-salon .texts li.out')
    const before = await said.count()
    await line.getByLabel(/^Say as/).fill(words)
    await line.getByRole('button', { name: 'Say', exact: true }).click()
    await said.nth(before).waitFor()
    await line.waitForTimeout(500)
  }
  await line.getByLabel('Who calls').selectOption(dana.id)
  await line.getByRole('button', { name: 'Call the salon' }).click()
  await line.getByLabel(/^Say as/).waitFor()
  await say('hi um what happens if I am late')
  await say('no thanks. when is my appointment')
  const code = (await desk.messages.thread(dana.id)).texts.map(({ body }) => /\b\d{6}\b/.exec(body)?.[0]).findLast((digits) => digits !== undefined)
  await say((code ?? '').split('').join(' '))
  await say('could we do it on saturday in the afternoon instead')
  await line.getByRole('tab', { name: /^Phone/ }).click()
  await line.locator('#panel article').first().waitFor()
  await line.mouse.move(0, 0)
  await take(line, 'phone')

  // A chair that came free: who is asked now, who is next, who waits.
  await offerAChair()
  const list = await open({ viewport: { width: 1440, height: 1080 } })
  await list.getByRole('tab', { name: /^Waitlist/ }).click()
  await list.locator('#panel article').first().waitFor()
  await list.mouse.move(0, 0)
  await take(list, 'waitlist')

  const dark = await open({ ...wide, colorScheme: 'dark' })
  await ask(dark, 'what is our late policy?')
  await take(dark, 'page-dark')
}

/** Cancels a visit whose chair several people could have, and has it offered to them. */
async function offerAChair(): Promise<void> {
  const by = { id: 'page:owner', name: 'Owner', role: 'owner' } as const
  const { items } = unwrap(await desk.platform.appointments({ from: '2026-11-19T08:00:00.000Z', to: '2026-11-22T08:00:00.000Z', limit: 60 }))
  for (const visit of items) {
    const [preview] = await desk.waitlist.preview({ id: visit.id })
    if (preview === undefined || preview.order.length < 2) continue
    unwrap(await desk.platform.cancel({ key: 'picture-cancel', id: visit.id, expectedVersion: visit.version, cancelledBy: 'client' }))
    const [openingId = ''] = await desk.waitlist.offerVisit({ appointmentId: visit.id, by })
    const proposal = await desk.waitlist.propose({ openingId, approvals: desk.approvals, by, reason: 'fill the gap' })
    if ('why' in proposal) throw new Error(proposal.why)
    await desk.approvals.decide({ id: proposal.id, decision: 'approve', by, hash: proposal.hash })
    return
  }
  throw new Error('no chair that several people could have')
}

/** The blocks that Slack is sent, drawn as Slack would draw them. */
async function takeSlack({ browser }: { browser: Browser }): Promise<void> {
  const [location] = unwrap(await desk.platform.catalog()).locations
  if (location === undefined) throw new Error('the demo has no location')
  const date = '2026-11-18'
  const take = async ({ name, views, time, cards }: { name: string; views: View[]; time: string[]; cards?: number }): Promise<void> => {
    const { png } = await desk.dayPicture({ locationId: location.id, date })
    const pictures = { day: `data:image/png;base64,${Buffer.from(png).toString('base64')}` }
    const messages = views.map((view, index) => ({ blocks: renderView(cards === undefined ? view : { ...view, cards: view.cards.slice(0, cards) }, { findPicture: () => 'day' }).blocks, pictures, time: time[index] ?? '' }))
    const page = await (await browser.newContext({ viewport: { width: 900, height: 200 } })).newPage()
    await page.setContent(drawMessages({ messages, width: 900 }))
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
    await page.context().close()
  }

  // The header with the picture, and the first two calls.
  await take({ name: 'slack-brief', views: [await desk.cards.view(`brief:${location.id}:${date}`)], time: ['7:30 AM'], cards: 3 })

  const robin = { id: 'slack:U0ROBIN', name: 'Robin', role: 'front_desk' } as const
  await desk.store.transaction((trx) => rememberPerson(trx, { person: robin, now: desk.clock.now() }))
  // As the person would, by chat; then by the button of the card.
  const { proposals } = await (await desk.agent()).turn({ conversationId: 'slack:pictures', requestId: 'slack:pictures:1', text: 'move Dana Reyes to next wednesday at 10am', person: robin, locationId: location.id })
  const subject = `proposal:${proposals[0]?.id ?? ''}`
  const before = await desk.cards.view(subject)
  const [approve] = before.cards[0]?.buttons ?? []
  if (approve === undefined) throw new Error('the card has no button')
  await desk.cards.press({ action: approve.action, token: approve.token, person: robin, requestId: 'slack:pictures:2' })
  await take({ name: 'slack-card', views: [before, await desk.cards.view(subject)], time: ['8:00 AM', '8:00 AM, once it is approved'] })
}
