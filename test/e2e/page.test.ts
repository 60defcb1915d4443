import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Desk, openDesk } from '../../src/app.ts'
import type { Person } from '../../src/approvals/roles.ts'
import { makeBriefs } from '../../src/calls/make-briefs.ts'
import { readConfig } from '../../src/config.ts'
import { generateSalon } from '../../src/demo/generate-salon.ts'
import { type RunningDesk, startDesk } from '../../src/start-desk.ts'
import { noChromium, openChromium } from '../support/chromium.ts'
import { makeHome, removeHome } from '../support/desk-process.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-store.ts'

const now = '2026-11-18T10:10:00-08:00'
const markup = { firstName: 'Ines', lastName: '<img src=x onerror=document.title=1>' }
const jo: Person = { id: 'terminal:jo', name: 'Jo', role: 'front_desk' }
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

if (noChromium !== undefined) console.warn(noChromium)

describe.skipIf(noChromium !== undefined)('the page in a real browser', () => {
  let home: string
  let database: TestDatabase
  let desk: Desk
  let running: RunningDesk
  let browser: Browser
  let robin: Promise<BrowserContext> | undefined
  let oddClient: { appointmentId: string; name: string }
  const broken: string[] = []

  beforeAll(async () => {
    home = makeHome()
    database = await createTestDatabase()
    const opening = openChromium()
    desk = await openDesk({ config: readConfig({ DESK_HOME: home, DATABASE_URL: database.url, DESK_KEY: '07'.repeat(32), DESK_NOW: now, DESK_LOG: 'silent', PORT: '0' }) })
    const book = generateSalon({ today: '2026-11-18' })
    const visit = book.appointments.find(({ appointment: { start, status, locationId } }) => start > '2026-11-18T20:00' && start < '2026-11-19T00:00' && status === 'booked' && locationId === book.catalog.locations[0]?.id)?.appointment
    const client = book.clients.find(({ id }) => id === visit?.clientId)
    if (visit === undefined || client === undefined) throw new Error('nobody to rename')
    Object.assign(client, markup)
    oddClient = { appointmentId: visit.id, name: `${markup.firstName} ${markup.lastName}` }
    await desk.load(book, 'test')
    await makeBriefs({ platform: desk.platform, score: desk.score, store: desk.store, clock: desk.clock, onError: (error) => { throw error } })
    ;[running, browser] = await Promise.all([startDesk({ desk }), opening])
    await desk.agent()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await running?.close()
    await desk?.close()
    await database?.drop()
    removeHome(home)
  })

  // Nothing may break on the way, whatever is tried.
  afterEach(() => expect(broken.splice(0)).toEqual([]))

  const makeContext = async (options: BrowserContextOptions = {}): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options })
    context.setDefaultTimeout(10_000)
    return context
  }

  /** The page as Robin opens it, or in a browser of its own. */
  async function open(options?: BrowserContextOptions): Promise<Page> {
    const context = await (options === undefined ? (robin ??= makeContext()) : makeContext(options))
    const page = await context.newPage()
    page.on('pageerror', (error) => broken.push(String(error)))
    page.on('console', (message) => { if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) broken.push(message.text()) })
    await page.goto(running.url)
    await page.locator('[data-visit]').first().waitFor()
    await page.locator('#panel article').first().waitFor()
    return page
  }

  const ask = async (page: Page, words: string): Promise<Locator> => {
    const before = await page.locator('.line.desk').count()
    await page.getByLabel('Message to the desk').fill(words)
    await page.getByLabel('Message to the desk').press('Enter')
    const answer = page.locator('.line.desk').nth(before)
    await answer.locator('article').first().waitFor()
    return answer
  }
  /** Visits of the first shop, two days ahead. */
  const freeVisits = async () => {
    const page = await desk.platform.appointments({ locationId: (await desk.platform.catalog().then((read) => (read.ok ? read.value.locations[0]?.id : undefined))) ?? '', from: '2026-11-20T18:00:00.000Z', to: '2026-11-21T01:00:00.000Z' })
    return page.ok ? page.value.items.filter(({ status }) => status === 'booked') : []
  }
  const card = (where: Page | Locator, title: RegExp): Locator => where.getByRole('article', { name: title })
  const said = (page: Page): Locator => page.locator('.page > .said')

  test('a person reads the list, asks about policy, moves a client, approves, sees the text arrive, answers YES, and sees the book change', async () => {
    const page = await open()
    await page.getByRole('heading', { level: 1, name: 'Juniper & Sage' }).waitFor()
    await page.getByRole('heading', { level: 2, name: 'Wednesday 18 November' }).waitFor()
    const call = card(page, /^1\. /)
    expect(await call.innerText()).toMatch(/risk, \d+ %[\s\S]*Why[\s\S]*What to say/)

    expect(await (await ask(page, 'what is our late policy?')).innerText()).toMatch(/15 minutes late[\s\S]*lateness\.md/)

    await ask(page, 'move Dana Reyes to friday at 3pm')
    const move = card(page.locator('.chat'), /^Move Dana Reyes/)
    expect(await move.innerText()).toMatch(/Thursday 19 November at 5:00 pm[\s\S]*Friday 20 November at 3:00 pm[\s\S]*Text to Dana Reyes, word for word · \d segments?[\s\S]*YES to confirm/)
    await page.getByRole('tab', { name: /Proposals/ }).filter({ hasText: '1' }).waitFor()
    expect(await page.locator('.texts .out').count()).toBe(0)

    await move.getByRole('button', { name: 'Move' }).click()
    await said(page).getByText(/^Done\. Dana Reyes is now booked on Friday 20 November at 3:00 pm/).waitFor()
    await move.getByRole('button', { name: 'Undo' }).waitFor()
    expect(await move.getByRole('button', { name: 'Move' }).count()).toBe(0)

    const phone = page.getByRole('region', { name: 'A client’s phone' })
    await phone.locator('.out').getByText(/moved your women's cut with Maya to Friday 20 November at 3:00 pm/).waitFor()
    expect(await phone.getByLabel('Whose phone').locator('option:checked').innerText()).toBe('Dana Reyes')

    await page.getByRole('button', { name: 'The day after' }).click()
    await page.getByRole('button', { name: 'The day after' }).click()
    await page.getByRole('heading', { level: 2, name: 'Friday 20 November' }).waitFor()
    await page.getByRole('button', { name: /^3:00 pm to 3:45 pm, Dana Reyes, Women's cut, booked/ }).waitFor()
    await phone.getByLabel('Answer as Dana Reyes').fill('YES')
    await phone.getByLabel('Answer as Dana Reyes').press('Enter')
    await phone.locator('.in').getByText('YES').waitFor()
    await page.getByRole('button', { name: /^3:00 pm to 3:45 pm, Dana Reyes, Women's cut, confirmed/ }).waitFor()

    await page.getByRole('tab', { name: 'Log' }).click()
    await page.getByText(/The log is whole/).waitFor()
    await page.close()
  })

  test('what is decided elsewhere appears by itself, in the chat, among the proposals and in the book', async () => {
    const page = await open()
    const prepared = await ask(page, 'cancel Beatriz Young today')
    const inChat = card(prepared, /^Cancel/)
    await inChat.waitFor()
    const [proposal] = await desk.approvals.list()
    if (proposal === undefined) throw new Error('nothing waits')
    await page.getByRole('tab', { name: /Proposals/ }).click()
    const inList = card(page.locator('#panel'), /^Cancel/)
    await inList.getByRole('button', { name: 'Cancel' }).waitFor()
    const bar = page.locator('.bar', { hasText: 'Beatriz' })
    expect(await bar.count()).toBe(1)

    await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: jo, hash: proposal.hash })
    for (const shown of [inChat, inList]) await shown.getByText(/^Done, approved by/).waitFor()
    await bar.waitFor({ state: 'detached' })
    expect(await inChat.getByRole('button', { name: 'Cancel' }).count()).toBe(0)
    await page.close()
  })

  test('with the keyboard alone: asked, looked through, approved, and the focus stays at the card', async () => {
    const page = await open()
    const tabTo = async (target: Locator, key = 'Tab'): Promise<void> => {
      for (let pressed = 0; pressed < 20; pressed++) {
        if (await target.evaluate((element) => element.matches(':focus'))) return
        await page.keyboard.press(key)
      }
      throw new Error(`not reached with ${key}`)
    }
    // The book is one stop; arrow keys walk it, Enter opens a visit, Esc leads back.
    await tabTo(page.locator('.bar[tabindex="0"]'))
    await page.keyboard.press('ArrowRight')
    const second = await page.evaluate('document.activeElement.getAttribute("data-visit")')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Ask about it' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect([second, await page.evaluate('document.activeElement.className')]).toEqual([expect.any(String), expect.stringMatching(/^bar /)])

    await page.reload()
    await page.locator('.bar').first().waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter') // "To the chat"
    await page.getByLabel('Message to the desk').and(page.locator(':focus')).waitFor()
    await page.keyboard.type('cancel Dana Wu')
    await page.keyboard.press('Enter')
    const cancel = card(page.locator('.chat'), /^Cancel Dana Wu/)
    await cancel.waitFor()
    await tabTo(cancel.getByRole('button', { name: 'Cancel' }), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await said(page).getByText(/^Done\. Dana Wu/).waitFor()
    expect(await said(page).getAttribute('role')).toBe('status')
    await cancel.getByRole('button', { name: 'Undo' }).waitFor()
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toMatch(/^Cancel Dana Wu/)
    await page.close()
  })

  test('Change… asks in a dialog, says at the field what does not fit, and makes a new card; Reject… takes a reason', async () => {
    const page = await open()
    const answer = await ask(page, 'move Dana Reyes to next friday at 4pm')
    await card(answer, /^Move Dana Reyes/).getByRole('button', { name: 'Change…' }).click()
    const dialog = page.getByRole('dialog')
    const time = dialog.getByLabel('Time')
    await time.fill('03:00')
    await dialog.locator('button[type=submit]').click()
    await dialog.locator('.problem').first().waitFor()
    expect(await dialog.locator('.problem').first().innerText()).not.toBe('')
    await time.fill('16:15')
    await dialog.locator('button[type=submit]').click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: /Proposals/ }).click()
    const changed = card(page.locator('#panel'), /^Move Dana Reyes/).filter({ hasText: 'at 4:15 pm' }).first()
    await changed.getByRole('button', { name: 'Reject…' }).click()
    await dialog.getByLabel('Why').fill('She called: keep it as it was')
    await dialog.locator('button[type=submit]').click()
    await dialog.waitFor({ state: 'detached' })
    expect((await desk.approvals.list()).filter(({ facts }) => /Dana Reyes/.test(facts.title))).toEqual([])
    await page.close()
  })

  test('a message that does not get through stays in the box, and tried again it is the same request', async () => {
    const page = await open()
    const sent: string[] = []
    await page.route('**/api/chat', async (route) => {
      sent.push((route.request().postDataJSON() as { requestId: string }).requestId)
      await (sent.length === 1 ? route.abort('connectionreset') : route.continue())
    })
    await page.getByLabel('Message to the desk').fill('who is in tomorrow?')
    await page.getByLabel('Message to the desk').press('Enter')
    await page.getByText('Your message is still here.').waitFor()
    expect(await page.getByLabel('Message to the desk').inputValue()).toBe('who is in tomorrow?')
    expect(await page.locator('.line').count()).toBe(0)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('.line.desk article').waitFor()
    expect(sent).toEqual([sent[0], sent[0]])
    expect(await page.getByLabel('Message to the desk').inputValue()).toBe('')

    // A press, too: nothing is lost, and again is the same press.
    await page.getByRole('tab', { name: 'Calls' }).click()
    const pressed: string[] = []
    await page.route('**/api/press', async (route) => {
      pressed.push((route.request().postDataJSON() as { requestId: string }).requestId)
      await (pressed.length === 1 ? route.abort('connectionreset') : route.continue())
    })
    const call = card(page, /^1\. /)
    await call.getByRole('button', { name: 'Voicemail' }).click()
    await call.getByText('Nothing is lost.').waitFor()
    await call.getByRole('button', { name: 'Try again' }).click()
    await call.getByText(/voicemail: Robin/i).waitFor()
    expect(pressed).toEqual([pressed[0], pressed[0]])
    await page.close()
  })

  test('an answer is shown word by word as it comes, in whatever pieces, after what is being looked up', async () => {
    const page = await open()
    await page.evaluate(`
      const bytes = new TextEncoder()
      const real = window.fetch
      window.fetch = (path, options) => path !== '/api/chat' ? real(path, options) : Promise.resolve(new Response(new ReadableStream({ start(stream) {
        window.tell = (text) => stream.enqueue(bytes.encode(text))
        window.end = () => stream.close()
      } })))`)
    const tell = (text: string) => page.evaluate(`tell(${JSON.stringify(text)})`)
    await page.getByLabel('Message to the desk').fill('tell me about Dana')
    await page.getByLabel('Message to the desk').press('Enter')
    const answer = page.locator('.line.desk')
    await answer.getByText('One moment').waitFor()
    await tell('{"kind":"status","text":"Looking up Dana …"}\n{"kind":"tok')
    await answer.getByText('Looking up Dana …').waitFor()
    await tell('en","text":"Dana is "}\n')
    await answer.getByText('Dana is', { exact: true }).waitFor()
    await tell('{"kind":"token","text":"in today."}\n')
    await answer.getByText('Dana is in today.').waitFor()
    await page.evaluate('end()') // broken off before the whole answer: nothing half stays
    await page.getByText('Your message is still here.').waitFor()
    expect(await page.locator('.line').count()).toBe(0)
    await page.close()
  })

  test('a conversation goes on after the page was loaded again, here and at the desk; what was under way is asked again', async () => {
    const page = await open({})
    const before = await (await ask(page, 'move Dana Reyes to next friday at 9:45am')).innerText()
    await page.reload()
    const move = card(page.locator('.chat'), /^Move Dana Reyes/)
    expect(before).toContain('Move Dana Reyes')
    await move.getByRole('button', { name: 'Move' }).waitFor()
    expect(await page.locator('.line.me').allInnerTexts()).toEqual([expect.stringContaining('move Dana Reyes to next friday at 9:45am')])
    const sent = page.waitForRequest('**/api/chat')
    await page.route('**/api/chat', () => {}) // an answer that does not come
    await page.getByLabel('Message to the desk').fill('what is our late policy?')
    await page.getByLabel('Message to the desk').press('Enter')
    const first = (await sent).postDataJSON() as { conversationId: string; requestId: string }
    await page.unroute('**/api/chat')
    await page.reload()
    const again = page.waitForRequest('**/api/chat')
    await page.getByRole('button', { name: 'Try again' }).click()
    expect((await again).postDataJSON()).toMatchObject({ conversationId: first.conversationId, requestId: first.requestId })
    await page.locator('.line.desk').nth(1).getByText(/15 minutes late/).first().waitFor()
    await page.close()
  })

  test('an answer can be stopped, the box has the focus, and the next question is answered', async () => {
    const page = await open({})
    await page.route('**/api/chat', () => {})
    const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/chat'))
    await page.getByLabel('Message to the desk').fill('tell me everything')
    await page.getByLabel('Message to the desk').press('Enter')
    await page.getByRole('button', { name: 'Stop this answer' }).click()
    await ended
    await page.locator('.line.desk').getByText('You stopped this answer.').waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('say')
    await page.unroute('**/api/chat')
    expect(await (await ask(page, 'what is our late policy?')).innerText()).toContain('15 minutes late')
    await page.close()
  })

  test('a lost connection is said, and mended by itself with everything read again', async () => {
    const page = await open()
    let lost = 0
    await page.route('**/api/events', async (route) => { await (++lost <= 1 ? route.abort('connectionreset') : route.continue()) })
    await page.reload()
    await page.getByText('Reconnecting …').waitFor()
    await page.locator('.live[data-live="live"]').waitFor({ state: 'attached' })
    expect(await page.locator('.live').innerText()).toBe('')
    await page.close()
  })

  test('a name that is markup is text everywhere, and nothing on the page is a link', async () => {
    const page = await open()
    await page.locator(`[data-visit="${oddClient.appointmentId}"]`).first().click()
    const dialog = page.getByRole('dialog', { name: oddClient.name })
    await dialog.waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'List', exact: true }).click()
    await page.getByRole('rowheader', { name: oddClient.name }).waitFor()
    await desk.approvals.propose({ kind: 'cancel', args: { appointmentId: oddClient.appointmentId, cancelledBy: 'client' }, reason: 'see https://evil.example <b>now</b>', requestedBy: jo.id })
    await page.getByRole('tab', { name: /Proposals/ }).click()
    const shown = card(page.locator('#panel'), /^Cancel Ines/)
    await shown.waitFor()
    expect(await shown.innerText()).toContain('see https://evil.example <b>now</b>')
    expect(await page.evaluate('[document.querySelectorAll("#page :is(img, b, a, script)").length, document.title]')).toEqual([0, 'The desk'])
    await page.close()
  })

  test('clients\' texts: who waits first, the whole thread, read by one tap, taken over, and written to', async () => {
    const page = await open()
    const found = await desk.platform.findClients({ name: 'Noor Owens' })
    const [client] = found.ok ? found.value : []
    if (client === undefined) throw new Error('nobody to write')
    const { id: clientId } = client
    const name = 'Noor Owens'
    await desk.messages.receive({ clientId, body: 'Hm, could we maybe do something else? <b>bold</b>', externalId: 'e2e-1' })
    await page.getByRole('tab', { name: /^Texts/ }).filter({ hasText: 'waiting' }).click()
    const row = page.locator('.thread', { hasText: name })
    expect(await row.innerText()).toMatch(/could we maybe do something else\? <b>bold<\/b>[\s\S]*waits for a person/)
    await page.getByRole('button', { name: /^Waiting for a person \(\d+\)$/ }).click()
    await page.getByLabel('Find a client by name').fill(name.toUpperCase())
    expect(await page.locator('.thread').count()).toBe(1)

    // With the keyboard: into the thread, back to the same row, and in again.
    await row.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '← All texts' }).waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).toBe('← All texts')
    await page.keyboard.press('Enter')
    await row.waitFor()
    expect(await page.evaluate('document.activeElement.dataset.thread')).toBe(clientId)
    await page.keyboard.press('Enter')

    const thread = card(page.locator('#panel'), /^Texts with/)
    await thread.getByText('Why it is here').waitFor()
    expect(await thread.locator('.talk .client').innerText()).toContain('<b>bold</b>')
    await thread.getByRole('button', { name: 'Take over' }).click()
    await thread.getByText(/^! Robin has taken this over at/).waitFor()

    await thread.getByRole('button', { name: 'Write…' }).click()
    const form = page.getByRole('dialog', { name: `Write to ${name}` })
    await form.getByLabel('The words').fill('Hi, it\'s Juniper & Sage. Of course, we will call you.')
    await form.getByText(/^\d+ characters · 1 segment, about 1.¢$/).waitFor()
    await page.evaluate(axe)
    const { violations } = await page.evaluate<AxeResults>(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })`)
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    await form.getByRole('button', { name: 'Send' }).click()
    await said(page).getByText(/^Done\. The text to .* is on its way\./).waitFor()
    await thread.locator('.talk .salon').getByText('Of course, we will call you.').waitFor()
    await thread.getByRole('button', { name: 'Hand back to the desk' }).click()
    await thread.getByText(/has taken this over/).waitFor({ state: 'detached' })
    await page.close()
  })

  test('the waitlist: a chair that came free is drawn by itself and left free by a tap, its story is read, and axe finds nothing serious', async () => {
    const page = await open({ bypassCSP: true })
    const [visit] = await freeVisits()
    if (visit === undefined) throw new Error('nobody to cancel')
    const look = () => desk.waitlist.work({ approvals: desk.approvals, onError: (error) => { throw error } })
    await look()
    await page.getByRole('tab', { name: /^Waitlist/ }).click()
    const panel = page.locator('#panel')
    await card(panel, /^Who waits/).waitFor()
    expect(await desk.platform.cancel({ key: 'e2e-free', id: visit.id, expectedVersion: visit.version, cancelledBy: 'client' })).toMatchObject({ ok: true })
    await look()
    const chair = panel.locator('[data-subject^="opening:"]').first()
    await chair.getByText(/^The desk has it to itself until/).waitFor()
    await page.getByRole('tab', { name: /^Waitlist/ }).filter({ hasText: 'waiting' }).waitFor()
    await page.evaluate(axe)
    const { violations } = await page.evaluate<AxeResults>(`axe.run('#panel', { resultTypes: ['violations'] })`)
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    await chair.getByRole('button', { name: 'Who would be asked' }).click()
    await page.getByRole('dialog').getByText('Nobody is asked by looking at this.').waitFor()
    await page.keyboard.press('Escape')
    await chair.getByRole('button', { name: 'Leave it free' }).click()
    await said(page).getByText(/^Stopped\. Nobody is asked about it any more/).waitFor()
    await card(panel, /^Lately/).getByRole('button', { name: /^Story: / }).click()
    await page.getByRole('dialog').getByText(/Robin stopped offering it\./).waitFor()
    await page.close()
  })

  test('the phone: a call that wants a person comes by itself, its story goes on while it is read, and it is seen to there', async () => {
    const page = await open({ bypassCSP: true })
    await page.getByRole('tab', { name: /^Phone/ }).click()
    const panel = page.locator('#panel')
    await panel.getByText('Nobody has called yet.').waitFor()
    const phone = await desk.phone()
    const say = (turnId: string, words: string) => phone.turn({ callId: 'page:e2e', turnId, heard: { kind: 'words', words } })
    await phone.begin({ callId: 'page:e2e', from: '+15035550100', via: 'page' })
    await say('t1', 'May I speak to a person please')
    await page.getByRole('tab', { name: /^Phone/ }).filter({ hasText: 'waiting' }).waitFor()
    await card(panel, /^1 call waits for you/).getByRole('button').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('May I speak to a person please').waitFor()
    await dialog.getByText('+15035550100').waitFor()
    await say('t2', 'It is about <b>my wedding</b> in June')
    await dialog.getByText('The caller said, word for word').waitFor()
    expect(await dialog.getByText('It is about <b>my wedding</b> in June').count()).toBe(2)
    await page.evaluate(axe)
    const { violations } = await page.evaluate<AxeResults>(`axe.run({ include: ['dialog'] }, { resultTypes: ['violations'] })`)
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    await dialog.getByRole('button', { name: 'Seen to' }).click()
    await dialog.getByText(/^Seen to by Robin at /).waitFor()
    await page.keyboard.press('Escape')
    await card(panel, /^1 call waits for you/).waitFor({ state: 'detached' })
    expect(await phone.waiting()).toEqual([])
    await page.close()
  })

  test('in the demo one may be a manager, sees the controls, and is told so', async () => {
    const page = await open({})
    await page.getByRole('button', { name: /You are Robin/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Who am I?' })
    await dialog.getByLabel('Name').fill('Olga')
    await dialog.getByRole('radio', { name: /manager/ }).check()
    await dialog.getByRole('button', { name: 'Take this seat' }).click()
    await page.getByRole('button', { name: /You are Olga\s*manager/ }).waitFor()
    await page.getByRole('tab', { name: 'My desk' }).click()
    await page.locator('#panel').getByRole('button', { name: /Pause/ }).waitFor()
    await page.close()
  })

  test('on a phone every part is reached, and nothing is wider than the screen', async () => {
    const page = await open({ viewport: { width: 360, height: 740 }, hasTouch: true })
    const tooWide = () => page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    const widths: Record<string, number> = { list: await tooWide() }
    await page.getByRole('button', { name: 'Picture' }).click()
    widths['picture'] = await tooWide()
    await page.getByRole('tab', { name: /^Texts/ }).click()
    await page.locator('.thread').first().click()
    await page.locator('#panel article').first().waitFor()
    widths['thread'] = await tooWide()
    for (const name of ['Proposals', 'Phone', 'Waitlist', 'My desk', 'Log', 'Texts', 'Calls']) {
      await page.getByRole('tab', { name: new RegExp(name) }).click()
      await page.locator('#panel').locator('article, tbody tr, .empty').first().waitFor()
      widths[name] = await tooWide()
    }
    await page.locator('[data-visit]').first().click()
    widths['visit'] = await tooWide()
    await page.getByRole('dialog').getByRole('button', { name: 'Ask about it' }).click()
    await page.locator('.line.desk article').waitFor()
    widths['chat'] = await tooWide()
    await page.getByRole('navigation', { name: 'Parts of the page' }).getByRole('button', { name: 'Phone' }).click()
    await page.getByRole('heading', { name: 'A client’s phone' }).waitFor()
    widths['phone'] = await tooWide()
    expect(widths).toEqual(Object.fromEntries(Object.keys(widths).map((name) => [name, 0])))
    await page.close()
  })

  test.each(['light', 'dark'] as const)('nobody is kept out: axe finds nothing serious in the %s page', async (colorScheme) => {
    const page = await open({ colorScheme, bypassCSP: true })
    await page.evaluate(axe)
    const serious = async (where: string): Promise<string[]> => {
      // What does not depend on colours is the same in the dark.
      const options = { resultTypes: ['violations'], ...(colorScheme === 'dark' && { runOnly: ['color-contrast'] }) }
      const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(where)}, ${JSON.stringify(options)})`)
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${where}: ${id} ${nodes[0]?.html.slice(0, 160) ?? ''} ${nodes[0]?.failureSummary ?? ''}`)
    }
    await ask(page, colorScheme === 'light' ? 'move Dana Reyes to next thursday at 1pm' : 'what is waiting for approval?')
    const found = await serious('body')
    await page.getByRole('button', { name: 'List', exact: true }).click()
    await page.getByRole('tab', { name: /Proposals/ }).click()
    found.push(...await serious('.day'))
    await page.getByRole('tab', { name: /^Texts/ }).click()
    await page.locator('.thread').first().waitFor()
    found.push(...await serious('#panel'))
    await page.locator('.thread').first().click()
    await page.locator('#panel article').first().waitFor()
    found.push(...await serious('#panel'))
    await page.getByRole('tab', { name: 'Log' }).click()
    await page.getByText(/The log is whole/).waitFor()
    await page.locator('[data-visit]').first().click()
    await page.getByRole('dialog').waitFor()
    found.push(...await serious('dialog'))
    await page.keyboard.press('Escape')
    found.push(...await serious('#panel'))
    expect(found).toEqual([])
    await page.close()
  })
})
