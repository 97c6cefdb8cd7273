# shellcheck shell=bash
# Leads every script: a sandbox that is used again has a list of the leases that are over in it, each
# on a line "LEASE", or "LEASE before RUN" where a Reset left it to another run of its review. A worker
# that stood still may come for one of them when another lease is at work.
# In: RF_LEASE · RF_LEASE_RUN whose attempt this is; neither where no lease matters
lease_over() { # FILE the list; whether this attempt's lease is over here, by the last word on it
  local line last=''
  while IFS= read -r line; do
    [[ $line != "${RF_LEASE-}" && $line != "${RF_LEASE-} before "* ]] || last=$line
  done < <(cat "$1" 2>/dev/null)
  [[ -n $last && $last != "${RF_LEASE-} before ${RF_LEASE_RUN-}" ]]
}
require_lease() { # FILE
  if lease_over "$1"; then
    echo "the lease $RF_LEASE is over here" >&2
    exit 71
  fi
}
