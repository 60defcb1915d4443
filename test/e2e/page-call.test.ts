import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Desk, openDesk } from '../../src/app.ts'
import type { CallStarted } from '../../src/channels/web/page-api.ts'
import { readConfig } from '../../src/config.ts'
import { generateSalon } from '../../src/demo/generate-salon.ts'
import type { CallStory } from '../../src/phone/phone.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { type RunningDesk, startDesk } from '../../src/start-desk.ts'
import { noChromium, openChromium } from '../support/chromium.ts'
import { makeHome, removeHome } from '../support/desk-process.ts'
import { fakeMicrophone, microphoneOf } from '../support/fake-microphone.ts'
import { soundOf } from '../support/spoken-call.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-store.ts'

const now = '2026-11-18T10:10:00-08:00'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const soon = { timeout: 10_000 }

/** A browser's voice that a test lets speak: `said(to)` says so many characters of everything, as far as the browser tells it. */
const scriptedVoice = `
  const saying = []
  Object.defineProperty(window, 'speechSynthesis', { value: { speak: (words) => saying.push(words), cancel: () => saying.splice(0) } })
  window.saysTo = (charIndex) => saying[0].onboundary({ charIndex })
  window.saysAll = () => { for (const words of saying.splice(0)) words.onend() }
  window.isSaying = () => saying.map(({ text }) => text)
`

describe.skipIf(noChromium !== undefined)('calling the salon from the page of the demo, in a real browser', () => {
  let home: string
  let folder: string
  let database: TestDatabase
  let desk: Desk
  let running: RunningDesk
  let browser: Browser
  /** Who has a visit today that nobody has confirmed, and a number of their own; each test takes one. */
  let callers: { clientId: string; appointmentId: string; firstName: string }[]
  const broken: string[] = []

  beforeAll(async () => {
    home = makeHome()
    folder = await mkdtemp(join(tmpdir(), 'desk-microphone-'))
    database = await createTestDatabase()
    const opening = openChromium()
    desk = await openDesk({ config: readConfig({ DESK_HOME: home, DATABASE_URL: database.url, DESK_KEY: '07'.repeat(32), DESK_NOW: now, DESK_LOG: 'silent', PORT: '0' }) })
    const book = generateSalon({ today: '2026-11-18' })
    await desk.load(book, 'test')
    ;[running, browser] = await Promise.all([startDesk({ desk }), opening])
    await desk.readyForCalls()
    const shop = book.catalog.locations[0]?.id
    const numbers = Map.groupBy(book.clients, ({ phones: [phone = ''] }) => phone)
    callers = book.appointments.flatMap(({ appointment: { id, start, status, locationId, clientId } }) => {
      const client = book.clients.find((each) => each.id === clientId)
      const phone = client?.phones[0] ?? ''
      const isFit = locationId === shop && start > '2026-11-18T19:00' && start < '2026-11-19T03:00' && status === 'booked' && client?.consent.sms === 'in' && numbers.get(phone)?.length === 1
      const others = book.appointments.filter(({ appointment }) => appointment.clientId === clientId && appointment.start > '2026-11-18T18:10' && appointment.status !== 'cancelled')
      return isFit && others.length === 1 ? [{ clientId, appointmentId: id, firstName: client.firstName }] : []
    })
    if (callers.length < 2) throw new Error('too few callers')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await running?.close()
    await desk?.close()
    await database?.drop()
    removeHome(home)
    await rm(folder, { recursive: true, force: true })
  })

  // Nothing may break on the way, whatever is tried.
  afterEach(() => expect(broken.splice(0)).toEqual([]))

  async function open({ browser: own = browser, voice, ...options }: BrowserContextOptions & { browser?: Browser; voice?: string } = {}): Promise<Page> {
    const context = await own.newContext({ viewport: { width: 1500, height: 900 }, reducedMotion: 'reduce', ...options })
    context.setDefaultTimeout(10_000)
    onTestFinished(() => context.close())
    const page = await context.newPage()
    page.on('pageerror', (error) => broken.push(String(error)))
    page.on('console', (message) => { if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) broken.push(message.text()) })
    if (voice !== undefined) await page.addInitScript(voice)
    await page.goto(running.url)
    await page.locator('#call-as option').nth(2).waitFor({ state: 'attached' })
    return page
  }

  /** Begins a call; answers how the desk finds it. */
  const call = async (page: Page, clientId: string): Promise<() => Promise<CallStory>> => {
    await page.getByLabel('Who calls').selectOption(clientId)
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/call'))
    await page.getByRole('button', { name: 'Call the salon' }).click()
    const { callId } = (await (await answered).json()) as CallStarted
    await page.getByText(/automated assistant/).waitFor()
    return async () => (await desk.phone()).story(callId)
  }
  const list = (page: Page) => page.getByRole('list', { name: 'The call' })
  /** Says it by typing; what the salon says next is there once this is over. */
  const say = async (page: Page, words: string): Promise<void> => {
    await page.getByPlaceholder('Say something').fill(words)
    await page.getByPlaceholder('Say something').press('Enter')
    await page.locator('.call-salon li.in').last().getByText(words).waitFor()
  }
  const heard = (page: Page, words: RegExp): Promise<void> => list(page).locator('.out').getByText(words).last().waitFor()
  const keys = (page: Page) => page.getByRole('group', { name: 'Keys', exact: true })
  const press = (page: Page, key: string): Promise<void> => keys(page).getByRole('button', { name: key, exact: true }).click()
  /** Reads the code off the phone on the page, and keys it in. */
  const keyIn = async (page: Page, clientId: string): Promise<void> => {
    // The phone that gets a text is the one in the hand.
    await expect.poll(() => page.getByLabel('Whose phone').inputValue().catch(() => ''), soon).toBe(clientId)
    const text = page.locator('.handset li.out').last()
    await text.getByText(/is your code/).waitFor()
    const code = /: (\d{6}) is/.exec(await text.innerText())?.[1] ?? ''
    expect(code).not.toBe('')
    for (const digit of code.split('')) await press(page, digit)
    await list(page).getByText(`(presses ${code})`).waitFor()
  }
  const textsSent = async (): Promise<number> => (await desk.store.db.selectFrom('texts').select('id').execute()).length
  const status = async (appointmentId: string) => unwrap(await desk.platform.appointment({ id: appointmentId })).status
  const caller = () => callers.shift() ?? (() => { throw new Error('nobody left to call') })()

  test('a client asks for the hours, proves who calls with the code on their phone, hears of the visit, confirms it, and hangs up', async () => {
    const { clientId, appointmentId, firstName } = caller()
    const page = await open()
    const story = await call(page, clientId)
    await say(page, 'what time do you close on saturday')
    await heard(page, /Saturday 21 November.*6:30 PM/)
    await say(page, 'when is my appointment')
    await heard(page, /six digits/)
    expect(await list(page).innerText()).not.toContain(firstName)
    await keyIn(page, clientId)
    await heard(page, new RegExp(`Thank you, ${firstName}`))
    await heard(page, /Wednesday 18 November at .*Shall I confirm it\?/)
    await say(page, 'yes please')
    await heard(page, /it's confirmed/)
    await expect.poll(() => status(appointmentId), soon).toBe('confirmed')
    await page.getByRole('button', { name: 'Hang up' }).click()
    // The keyboard is where the next call begins.
    await page.getByRole('button', { name: 'Call the salon' }).waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Call the salon')
    await expect.poll(story, soon).toMatchObject({ via: 'page', client: { id: clientId }, endedAt: expect.any(String) as string })
    // The desk's own list has it, too.
    await page.getByRole('tab', { name: /^Phone/ }).click()
    await page.locator('#panel').getByText(/it's confirmed/).first().waitFor()
  })

  test('who cuts in has not been asked what they did not hear: their "yes" confirms nothing, and they are asked again', async () => {
    const { clientId, appointmentId } = caller()
    const page = await open({ voice: scriptedVoice })
    const cuts: Request[] = []
    page.on('request', (request) => { if (request.url().endsWith('/api/call/cut')) cuts.push(request) })
    await call(page, clientId)
    expect(await page.evaluate('isSaying()')).toEqual([expect.stringMatching(/automated assistant/)])
    await page.evaluate('saysAll()')
    await say(page, 'when is my appointment')
    await heard(page, /six digits/)
    await page.evaluate('saysAll()')
    expect(cuts).toHaveLength(0)
    await keyIn(page, clientId)
    await heard(page, /Shall I confirm it\?/)
    await page.evaluate('saysTo(9)')
    await say(page, 'yes')
    await expect.poll(() => cuts.map((request) => request.postDataJSON() as unknown), soon).toEqual([{ callId: expect.stringMatching(/^page:/) as string, heard: 'Thank you' }])
    await expect.poll(() => list(page).locator('.out').getByText(/Shall I confirm it\?/).count(), soon).toBe(2)
    expect(await status(appointmentId)).toBe('booked')
    await page.evaluate('saysAll()')
    await say(page, 'yes')
    await heard(page, /it's confirmed/)
    expect(await status(appointmentId)).toBe('confirmed')
  })

  test('a hidden number is asked for one, and learns nothing from it; who leaves the page has hung up', async () => {
    const page = await open()
    const before = await textsSent()
    const story = await call(page, '')
    await page.getByRole('heading', { name: 'On the phone: somebody who hides their number' }).waitFor()
    await say(page, 'when is my appointment')
    await heard(page, /number/)
    await say(page, 'five oh three five five five oh one nine nine')
    await heard(page, /six digits/)
    for (const digit of '123456'.split('')) await press(page, digit)
    await heard(page, /isn't the code/)
    expect(await textsSent()).toBe(before)
    expect(Object.keys(await story())).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(?:client|likely|endedAt)$/)]))
    await page.goto('about:blank')
    await expect.poll(async () => (await story()).endedAt, soon).toBeDefined()
  })

  test('0 rings a person at any time, but not where a code begins with it; what is said then is kept word for word', async () => {
    const page = await open()
    const story = await call(page, '')
    await say(page, 'when is my appointment')
    await heard(page, /number/)
    await press(page, '0')
    await page.getByText('Pressed 0: a person, unless more follows').waitFor()
    await press(page, '1')
    await page.getByText('Pressed 01').waitFor()
    await press(page, '#')
    await list(page).getByText('(presses 01#)').waitFor()
    await press(page, '0')
    await list(page).getByText('(presses 0)').waitFor()
    await heard(page, /word for word/)
    await say(page, 'please call me about my wedding')
    await list(page).getByText('(hangs up)').waitFor()
    expect(await keys(page).count()).toBe(0)
    await expect.poll(story, soon).toMatchObject({ needsPerson: true, why: 'asked', message: 'please call me about my wedding', endedAt: expect.any(String) as string })
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Call the salon' }).waitFor()
  })

  test('spoken into the microphone, written down on this machine, and answered', async () => {
    const own = await openChromium({ args: fakeMicrophone(await microphoneOf(folder, await soundOf('close-on-saturday'))) })
    onTestFinished(() => own.close())
    const page = await open({ browser: own, permissions: ['microphone'] })
    await call(page, '')
    await page.getByRole('button', { name: 'Speak', exact: true }).click()
    await page.getByRole('button', { name: 'Done', exact: true }).waitFor()
    // The page counts the seconds it has heard: the recording is over by then.
    await expect.poll(async () => Number(/\d+/.exec(await page.locator('.hears').innerText())?.[0]), { timeout: 15_000 }).toBeGreaterThanOrEqual(4)
    await page.getByRole('button', { name: 'Done', exact: true }).click()
    await page.locator('.call-salon li.in').getByText(/what time do you close on Saturday/i).waitFor()
    await heard(page, /Saturday 21 November.*6:30 PM/)
  })

  test.each(['light', 'dark'] as const)('nobody is kept out: axe finds nothing in a call on the %s page, and it fits a phone', async (colorScheme) => {
    const page = await open({ colorScheme, bypassCSP: true, viewport: { width: 390, height: 844 } })
    await page.getByRole('navigation', { name: 'Parts of the page' }).getByRole('button', { name: 'Phone' }).click()
    await call(page, '')
    await say(page, 'when is my appointment')
    await heard(page, /number/)
    await press(page, '5')
    await page.getByText('Pressed 5').waitFor()
    await page.evaluate(axe)
    const { violations } = await page.evaluate<AxeResults>(`axe.run('.phone', { resultTypes: ['violations'] })`)
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
    // The texts and the call are in view together, above the bar at the bottom.
    const [handset, keypad, bar] = await Promise.all([page.locator('.handset'), keys(page), page.getByRole('navigation', { name: 'Parts of the page' })].map(async (part) => part.boundingBox()))
    expect(handset?.y).toBeGreaterThan(0)
    expect((keypad?.y ?? Infinity) + (keypad?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0)
  })
})
