import type { BenchFigure } from './figure.ts'

/** Every room's figures, by the name that picks it: `npm run bench -- risk policies`. */
const rooms: Record<string, () => Promise<() => Promise<BenchFigure[]>>> = {
  embedding: async () => (await import('./embedding.ts')).benchEmbedding,
  risk: async () => (await import('./risk.ts')).benchRisk,
  policies: async () => (await import('./policies.ts')).benchPolicies,
  understanding: async () => (await import('./understanding.ts')).benchUnderstanding,
  calls: async () => (await import('./calls.ts')).benchCalls,
  agent: async () => (await import('./agent.ts')).benchAgent,
  approvals: async () => (await import('./approvals.ts')).benchApprovals,
  confirmations: async () => (await import('./confirmations.ts')).benchConfirmations,
  pictures: async () => (await import('./pictures.ts')).benchPictures,
  page: async () => (await import('./page.ts')).benchPage,
  slack: async () => (await import('./slack.ts')).benchSlack,
  replies: async () => (await import('./replies.ts')).benchReplies,
  waitlist: async () => (await import('./waitlist.ts')).benchWaitlist,
  cascades: async () => (await import('./cascades.ts')).benchCascades,
  sms: async () => (await import('./sms.ts')).benchSms,
  voice: async () => (await import('./voice.ts')).benchVoice,
  platforms: async () => (await import('./platforms.ts')).benchPlatforms,
  memory: async () => (await import('./memory.ts')).benchMemory,
}

const picked = process.argv.slice(2)
const unknown = picked.filter((name) => rooms[name] === undefined)
if (unknown.length > 0) {
  process.stderr.write(`There is no bench "${unknown.join(', ')}". There is: ${Object.keys(rooms).join(', ')}.\n`)
  process.exitCode = 2
} else {
  for (const [name, load] of Object.entries(rooms)) {
    if (picked.length > 0 && !picked.includes(name)) continue
    const bench = await load()
    for (const figure of await bench()) process.stdout.write(`${JSON.stringify(figure, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value))}\n`)
  }
}
