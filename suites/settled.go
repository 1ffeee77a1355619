package suites

// Settled returns the options with every default in place, or a UsageError that says why they cannot be. Of the image
// nothing is read.
func (o Options) Settled() (Options, error) { return o.withDefaults() }
