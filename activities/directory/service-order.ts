/** One answer of DNS for a service: where, and how it wants to be chosen (RFC 2782). */
export type Service = { name: string; priority: number; weight: number };

/**
 * Services in the order in which RFC 2782 asks a client to try them: the lowest priority first, and within one drawn by
 * weight, so that many clients spread as the domain's administrators meant. `draw(most)` gives a whole number from 0 to `most`, both included.
 */
export function inServiceOrder<S extends Pick<Service, 'priority' | 'weight'>>(
  services: readonly S[],
  draw: (most: number) => number,
): S[] {
  const priorities = [...new Set(services.map(({ priority }) => priority))].toSorted((a, b) => a - b);
  return priorities.flatMap((priority) =>
    drawn(
      services.filter((service) => service.priority === priority),
      draw,
    ),
  );
}

function drawn<S extends Pick<Service, 'weight'>>(services: readonly S[], draw: (most: number) => number): S[] {
  // Those without weight stand first, which leaves them a small chance beside others that have one.
  const left = services.toSorted((a, b) => Number(a.weight > 0) - Number(b.weight > 0));
  const order: S[] = [];
  while (left.length > 0) {
    const chosen = draw(left.reduce((sum, { weight }) => sum + weight, 0));
    let running = 0;
    const at = left.findIndex(({ weight }) => (running += weight) >= chosen);
    order.push(...left.splice(at, 1));
  }
  return order;
}
