import { failed, ok, type BookingPlatform, type Outcome, type PlatformErrorKind } from '../../src/platforms/booking-platform.ts'

/** The operations of the port that answer with an `Outcome`. */
type Operation = Exclude<keyof BookingPlatform, 'provider' | 'name' | 'capabilities'>

/**
 * One thing that goes wrong with the next call of an operation:
 * `drop` applies it and loses the answer (`unknown_outcome`, or what `as` says); `lose` loses the request, nothing is applied, and the caller
 * cannot tell the two apart; `refuse` answers with an error and applies nothing; `pretend` answers well and applies nothing;
 * `wait` holds the call until `until` resolves and says by `reached` that it has come.
 */
type Fault =
  | { do: 'drop'; as?: PlatformErrorKind }
  | { do: 'lose' }
  | { do: 'refuse'; kind: PlatformErrorKind; retryAfterMs?: number; manualSteps?: string[] }
  | { do: 'pretend' }
  | { do: 'wait'; until: Promise<void>; reached?: () => void }

export type FaultyPlatform = BookingPlatform & {
  /** Queues a fault for the next call of the operation; several are used one after another, one a call. */
  failNext(operation: Operation, fault: Fault): void
  /** Forgets the faults that nothing has come to. */
  calm(): void
  /** From now on these operations answer 503 and do nothing; none at all: the platform is back. */
  away(operations?: Operation[]): void
  /** Every call so far, in order, with its argument. */
  readonly calls: { operation: Operation; argument: unknown }[]
}

/** Any platform with knobs for what real ones do to us. Without a queued fault it is the platform itself. */
export function faultyPlatform(platform: BookingPlatform): FaultyPlatform {
  const faults = new Map<Operation, Fault[]>()
  const calls: FaultyPlatform['calls'] = []
  let missing = new Set<Operation>()
  const knobs = {
    calls,
    calm: () => faults.clear(),
    away(operations: Operation[] = []): void {
      missing = new Set(operations)
    },
    failNext(operation: Operation, fault: Fault): void {
      faults.set(operation, [...(faults.get(operation) ?? []), fault])
    },
  }
  return new Proxy(platform, {
    get(target, name: keyof FaultyPlatform) {
      if (name === 'calls' || name === 'failNext' || name === 'calm' || name === 'away') return knobs[name]
      if (name === 'provider' || name === 'name' || name === 'capabilities') return target[name]
      const run = target[name] as (argument: unknown) => Promise<Outcome<unknown>>
      return async (argument: unknown): Promise<Outcome<unknown>> => {
        calls.push({ operation: name, argument })
        if (missing.has(name)) return failed('unavailable', 'injected: 503')
        const fault = faults.get(name)?.shift()
        if (fault?.do === 'refuse') return failed(fault.kind, `injected ${fault.kind}`, { ...(fault.retryAfterMs !== undefined && { retryAfterMs: fault.retryAfterMs }), ...(fault.manualSteps !== undefined && { manualSteps: fault.manualSteps }) })
        if (fault?.do === 'lose') return failed('unknown_outcome', 'injected: the request was lost')
        if (fault?.do === 'pretend') return ok({}, '')
        if (fault?.do === 'wait') {
          fault.reached?.()
          await fault.until
        }
        const outcome = await run(argument)
        return fault?.do === 'drop' ? failed(fault.as ?? 'unknown_outcome', 'injected: the answer was lost') : outcome
      }
    },
  }) as FaultyPlatform
}
