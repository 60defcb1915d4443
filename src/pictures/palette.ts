/** How a box looks. `ink` is the colour of text on it; all pairs have a contrast of 4.5:1 or more (WCAG 2.2, 1.4.3). */
export type Look = { fill: string; stroke: string; strokeWidth: number; dash: number[]; ink: string }

/** Blue, amber and dark brick differ in lightness too: they stay apart for every kind of colour vision and in print. */
export const looks = {
  low: { fill: '#dcebf7', stroke: '#7ba7cc', strokeWidth: 1, dash: [], ink: '#16324a' },
  medium: { fill: '#ffd782', stroke: '#9a6700', strokeWidth: 1.5, dash: [], ink: '#3b2900' },
  high: { fill: '#a8320b', stroke: '#6e1f05', strokeWidth: 1.5, dash: [], ink: '#ffffff' },
  unscored: { fill: '#ffffff', stroke: '#7b8794', strokeWidth: 1, dash: [], ink: '#1f2933' },
  done: { fill: '#e4e7eb', stroke: '#b0b8c1', strokeWidth: 1, dash: [], ink: '#3e4c59' },
  missed: { fill: '#ffffff', stroke: '#4b5563', strokeWidth: 1.5, dash: [2, 3], ink: '#4b5563' },
  free: { fill: '#fbfcfd', stroke: '#a3adb8', strokeWidth: 1, dash: [5, 4], ink: '#5b6573' },
} satisfies Record<string, Look>

/** The sign that says the risk without the colour. */
export const signs = { low: '', medium: '◆', high: '▲' } as const

export const page = { ground: '#ffffff', ink: '#1f2933', faint: '#5b6573', away: '#eef0f3', here: '#fbfcfd', grid: '#dfe3e8', line: '#c9d0d8', now: '#12355b', nowLine: 'rgba(18, 53, 91, 0.5)' }
