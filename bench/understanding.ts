import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoCatalog } from '../src/demo/demo-catalog.ts'
import { firstNames, lastNames } from '../src/demo/client-names.ts'
import { openEmbedder } from '../src/embedding/open-embedder.ts'
import { makeDirectory } from '../src/understanding/make-directory.ts'
import { openUnderstanding } from '../src/understanding/open-understanding.ts'
import { measure } from './figure.ts'
import type { BenchFigure } from './figure.ts'

const now = '2026-11-18T16:00:00.000Z'
const zone = 'America/Los_Angeles'

/** Opening the reader without and with its cache, indexing 100,000 names, and reading a request among them; every request is new. */
export async function benchUnderstanding(): Promise<BenchFigure[]> {
  const embedder = await openEmbedder({ cacheDir: join(tmpdir(), 'front-desk-copilot-bench-models') })
  const cacheDir = await mkdtemp(join(tmpdir(), 'front-desk-copilot-bench-'))
  try {
    await embedder.embed(['warm'])
    const fresh = await measure({ name: 'understanding: first opening', n: 1, warmUp: 0, run: () => openUnderstanding({ embedder, cacheDir }) })
    const cached = await measure({ name: 'understanding: opening with cache', n: 5, warmUp: 1, run: () => openUnderstanding({ embedder, cacheDir }) })
    const people = { clientNames: manyNames(100_000), staff: demoCatalog.staff, services: demoCatalog.services, locations: demoCatalog.locations }
    const indexing = await measure({ name: 'understanding: index 100,000 client names', n: 3, warmUp: 0, run: () => makeDirectory(people) })
    const [understanding, directory] = [await openUnderstanding({ embedder, cacheDir }), makeDirectory(people)]
    const reading = await measure({
      name: 'understanding: read one request',
      n: 200,
      warmUp: 20,
      run: (i) => understanding.read({ text: request(i), now, zone, directory }),
    })
    return [fresh, cached, indexing, reading]
  } finally {
    await rm(cacheDir, { recursive: true, force: true })
  }
}

function manyNames(count: number): { id: string; firstName: string; lastName: string }[] {
  const [firsts, lasts] = [firstNames.length, lastNames.length]
  return Array.from({ length: count }, (_, i) => ({ id: `client-${i}`, firstName: firstNames[i % firsts]!, lastName: `${lastNames[Math.floor(i / firsts) % lasts]!}${i >= firsts * lasts ? '-' + lastNames[i % lasts]! : ''}` }))
}

function request(i: number): string {
  const [first, last] = [firstNames[i % firstNames.length]!, lastNames[(i * 7) % lastNames.length]!]
  return [`move ${first} ${last}'s ${1 + (i % 5)} o'clock on thursday to friday at ${1 + (i % 4)} number ${i}`, `can we fit ${first} in for a balayage after ${1 + (i % 5)} tomorrow, case ${i}`, `what is our policy on late arrivals, case ${i}?`][i % 3]!
}
