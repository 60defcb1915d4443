import { PgBoss } from 'pg-boss'
import type { Zone } from '../salon/time.ts'

/** Work that happens by itself, once per occasion however many instances of the desk run. */
export type Jobs = {
  /** Runs `work` at `cron` (five fields) on the wall clock of `zone`. A run that fails is tried again twice. */
  schedule(job: { name: string; cron: string; zone: Zone; work: () => Promise<void> }): Promise<void>
  stop(): Promise<void>
}

/** Opens the job queue in the desk's own database. `onError` hears of failures; nothing is thrown at the program. */
export async function openJobs({ url, onError }: { url: string; onError: (error: unknown) => void }): Promise<Jobs> {
  const boss = new PgBoss({ connectionString: url, application_name: 'desk jobs', max: 3 })
  boss.on('error', onError)
  await boss.start()
  return {
    async schedule({ name, cron, zone, work }) {
      // One queue a job and zone: names may hold letters, digits, dots, dashes and underscores only.
      const queue = `${name}.${zone}`.replace(/[^\w.-]/g, '-')
      await boss.createQueue(queue, { policy: 'singleton', retryLimit: 2, retryDelay: 60 })
      await boss.work(queue, { pollingIntervalSeconds: 30 }, async () => {
        try {
          await work()
        } catch (error) {
          onError(error)
          throw error
        }
      })
      await boss.schedule(queue, cron, {}, { tz: zone })
    },
    stop: () => boss.stop({ graceful: true, timeout: 5_000 }),
  }
}
