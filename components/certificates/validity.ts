const hoursPerDay = 24;

/** Hours that certificates are valid, and how long before their end a run makes new ones. */
export interface Validity {
  readonly authority: Period;
  readonly leaf: Period;
}

export interface Period {
  readonly validHours: number;
  /** A run within this time before the end renews; an earlier one changes nothing. */
  readonly renewalHours: number;
}

/**
 * Chooses periods that no outage outlasts. A leaf that a run left alone is valid for at least twice the longest
 * outage and for 90 days; an authority that a run left alone outlives every leaf that the run could have made.
 * @param maxOutageHours the longest outage that the site must bear.
 */
export function validityFor(maxOutageHours: number): Validity {
  const renewalHours = Math.ceil(Math.max(2 * maxOutageHours, 90 * hoursPerDay));
  const leaf = { validHours: Math.max(2 * renewalHours, 2 * 365 * hoursPerDay), renewalHours };
  const authority = {
    validHours: Math.max(3 * leaf.validHours, 10 * 365 * hoursPerDay),
    renewalHours: leaf.validHours,
  };
  return { authority, leaf };
}
