import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'

const path = '/usr/bin/chromium'

/** Why tests in a browser are left out here; undefined where there is one. Debian has it as the package `chromium`. */
export const noChromium = existsSync(path) ? undefined : `skipped: there is no ${path} on this machine (on Debian: apt-get install chromium)`

if (noChromium !== undefined && process.env['NEEDS_CHROMIUM'] !== undefined) throw new Error(noChromium.replace('skipped: ', ''))

/** A real Chromium without a window, with a fresh profile that ends with it, and nothing of its own on the network; `args` come on top. */
export async function openChromium({ args = [] }: { args?: string[] } = {}): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...args],
  })
}
