import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/channels/web/web-server.ts'
import { openSpeechToText } from '../../src/speech/open-speech-to-text.ts'
import { readSound } from '../../src/speech/read-sound.ts'
import type { Store } from '../../src/store/open-store.ts'
import { noChromium, openChromium } from '../support/chromium.ts'
import { fakeMicrophone, microphoneOf } from '../support/fake-microphone.ts'
import { spokenSentences } from '../support/measure-speech.ts'
import { createTestStore } from '../support/test-store.ts'
import { webParts } from '../unit/channels/web/web-desk.ts'

describe.skipIf(noChromium !== undefined)('speaking to the page in a real browser', () => {
  let store: Store
  let folder: string
  const speech = openSpeechToText()
  const sent: Uint8Array[] = []
  const broken: string[] = []

  beforeAll(async () => {
    store = await createTestStore()
    folder = await mkdtemp(join(tmpdir(), 'desk-microphone-'))
  })
  afterAll(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function openPage(args: string[], { hasMicrophone = true } = {}): Promise<{ page: Page; asked: string[] }> {
    const asked: string[] = []
    const parts = webParts({ store, change: {
      transcribe: async (bytes) => {
        sent.push(bytes)
        return speech.transcribe(await readSound(bytes))
      },
      agent: async () => ({ turn: async (request) => {
        asked.push(request.text)
        throw new Error('nobody asked')
      } }),
    } })
    const server = await listen({ app: parts.app, host: '127.0.0.1', port: 0 })
    const browser: Browser = await openChromium({ args })
    onTestFinished(async () => {
      await browser.close()
      await server.close()
    })
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (error) => broken.push(String(error)))
    page.on('console', (message) => { if (/Content.Security|Permissions.Policy/i.test(message.text())) broken.push(message.text()) })
    // A machine that runs tests may well have one.
    if (!hasMicrophone) await page.addInitScript("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError') }")
    await page.goto(server.url)
    return { page, asked }
  }

  const speak = (page: Page): Promise<void> => page.getByRole('button', { name: 'Speak instead of writing' }).click()
  /** The page counts the seconds it has heard: the file is over by then. */
  const until = (page: Page, seconds: number): Promise<unknown> => expect.poll(async () => Number.parseInt(await page.locator('.seconds').innerText(), 10), { timeout: 15_000 }).toBeGreaterThanOrEqual(seconds)
  const stop = (page: Page): Promise<void> => page.getByRole('button', { name: 'Stop listening and write it down' }).click()
  const status = (page: Page, words: RegExp): Promise<void> => page.locator('.hearing [role="status"]').getByText(words).waitFor()

  test('what is said is written into the box after what was there, to be corrected, and is not sent', async () => {
    const sound = await readSound(await readFile(join(spokenSentences, 'need-to-cancel.wav')))
    const { page, asked } = await openPage(fakeMicrophone(await microphoneOf(folder, sound)))
    const box = page.getByLabel('Message to the desk')
    await box.fill('Dana says:')
    await speak(page)
    await status(page, /^Listening/)
    await until(page, 4)
    await stop(page)
    await page.getByRole('button', { name: 'Speak instead of writing' }).waitFor()
    expect(await box.inputValue()).toBe('Dana says: I need to cancel.')
    expect(await page.evaluate('document.activeElement.id')).toBe('say')
    expect(asked).toEqual([])
    // 16 kHz, 16 bits, one channel, and about as long as was listened.
    const wav = Buffer.from(sent.at(-1) as Uint8Array)
    expect([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([1, 16_000, 16])
    expect((wav.length - 44) / 32_000).toBeGreaterThan(3.9)
    expect(broken.splice(0)).toEqual([])
  })

  test('nothing understood is said, and Escape forgets what was heard', async () => {
    const { page } = await openPage(fakeMicrophone(await microphoneOf(folder, { samples: new Float32Array(8_000), rate: 8_000 })))
    await speak(page)
    await until(page, 1)
    await stop(page)
    await status(page, /^Nothing was understood\. Speak a little nearer and in English/)
    expect(await page.getByLabel('Message to the desk').inputValue()).toBe('')

    sent.length = 0
    await speak(page)
    await until(page, 1)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Speak instead of writing' }).waitFor()
    expect(await page.locator('.hearing').innerText()).toBe('')
    expect(sent).toEqual([])
    expect(broken.splice(0)).toEqual([])
  })

  test('a microphone that is refused, and none at all, are said in words', async () => {
    const refused = await openPage(['--use-fake-device-for-media-stream', '--deny-permission-prompts'])
    await speak(refused.page)
    await status(refused.page, /^The browser does not let this page use the microphone/)
    const without = await openPage([], { hasMicrophone: false })
    await speak(without.page)
    await status(without.page, /^There is no microphone on this machine\. Type instead\.$/)
    expect(broken.splice(0)).toEqual([])
  })
})
