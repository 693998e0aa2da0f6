/** One line of `npm run bench` (docs: README, "Figures"). */
export type Figure = {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** What the figure has to reach, and which side of it is good. */
  readonly goal?: number;
  readonly holds?: boolean;
  /** Peers by name, measured the same way in the same run. */
  readonly against?: Readonly<Record<string, number>>;
  /** Fleet size, seed and, where there is a floor, its definition. */
  readonly on: string;
};

/** Where less is better: the goal is the most that the value may be. */
export const atMost = (figure: Omit<Figure, 'holds'> & { readonly goal: number }): Figure => ({
  ...figure,
  holds: figure.value <= figure.goal,
});

/** Where more is better: the goal is the least that the value may be. */
export const atLeast = (figure: Omit<Figure, 'holds'> & { readonly goal: number }): Figure => ({
  ...figure,
  holds: figure.value >= figure.goal,
});
