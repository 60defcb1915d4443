import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { buildCallList } from '../../../src/calls/build-call-list.ts'
import { callListJson } from '../../../src/calls/call-list-json.ts'
import { readSalonExport } from '../../../src/imports/read-salon-export.ts'
import { openEmbeddedBook } from '../../../src/platforms/embedded/index.ts'
import { loadBook } from '../../../src/platforms/embedded/load-book.ts'
import { fixedClock } from '../../../src/salon/time.ts'
import { createTestStore } from '../../support/test-store.ts'
import { scoreBy } from './day-book.ts'

const dir = join(import.meta.dirname, '../../../../shared/data/salon')

it.skipIf(!existsSync(dir))('lists a real salon\'s day as that morning saw it, though the book knows how it ended (needs shared/data/salon)', async () => {
  const store = await createTestStore()
  try {
    const clock = fixedClock('2018-06-20T07:30:00-07:00')
    const { book } = await readSalonExport({ dir })
    await loadBook({ store, book, now: '2018-07-01T00:00:00.000Z' })
    const list = await buildCallList({ platform: openEmbeddedBook({ store, clock }), score: scoreBy({}).score, store, clock, settings: { holdOutShare: 0, atLeast: 50 } })
    const { items, locations } = callListJson(list)
    // The truth table of that day: 13 kept and one no-show, none of them known in the morning.
    expect(locations[0]?.summary).toMatchObject({ appointments: 14, confirmed: 0, unscored: 0 })
    expect(items).toHaveLength(14)
    for (const item of items) {
      expect(item.time).toMatch(/^2018-06-20T(09|1\d):\d\d:00-07:00$/)
      expect(item.script.from).toBe('template')
      expect(item.script.spoken).toContain(`${item.client.name}, it's`)
      expect(item.script.spoken).toContain(`today at ${item.timeText.replace(':00 ', ' ')}`)
      for (const service of item.service.split(' + ')) expect(item.script.text.toLowerCase()).toContain(service.toLowerCase())
    }
  } finally {
    await store.close()
  }
})
