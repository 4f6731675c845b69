/** Family D: the few commercial figures of anomaly support. */
import type { CommercialTermsInput } from '../shape.ts';

/** Commercial terms of anomaly support. */
export function anomalyFigures(): CommercialTermsInput {
  return {
    // D 1.4.2: the customer makes all backups needed.
    interventions: { customerBacksUpBefore: true },
    // D 1.3: a feasibility study and a quote at the public tariff of the day of the request.
    outsideScope: { feasibilityStudy: true, quoted: true, tariff: 'publicOnTheDayOfTheRequest' },
  };
}
