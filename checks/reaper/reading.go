package reaper

// Settings are those of a runtime's lifecycle configuration, in seconds.
type Settings struct {
	// Idle is idleRuntimeSessionTimeout, Lifetime maxLifetime (LIFE-06, LIFE-07).
	Idle, Lifetime float64
}

// The platform's defaults, in seconds.
const (
	DefaultIdle     = 900
	DefaultLifetime = 28_800
)

// Reading is one account of how the platform takes a health answer. Sources differ on an answer that says HealthyBusy
// without time_of_last_update; all else they have in common.
type Reading string

const (
	// Documented: the status decides, and where the stamp is absent the platform keeps a record of its own.
	Documented Reading = "documented"
	// Measured: HealthyBusy without a stamp is ignored, and the idle clock runs on from the last call.
	Measured Reading = "measured"
)

// Account is a reading and on whose word it stands.
type Account struct {
	Name Reading `json:"name"`
	// Says is the account in one line, Source whose word that is.
	Says   string `json:"says"`
	Source string `json:"source"`
}

// Accounts are all readings.
func Accounts() []Account {
	return []Account{
		{Documented, "the status decides; without time_of_last_update the platform keeps a record of its own",
			"AWS: runtime-http-protocol-contract, runtime-long-run, runtime-troubleshooting, aws/bedrock-agentcore-sdk-python PR #542"},
		{Measured, "HealthyBusy without time_of_last_update is ignored, and the idle clock runs on from the last call",
			"aws/bedrock-agentcore-sdk-python issue #471, fastagent-sh/fastagent PR #314"},
	}
}

// recognises reports a HealthyBusy that counts as activity. One beside a stamp that is no number counts in no reading: AWS
// measured so with the texts of its TypeScript SDK (aws/bedrock-agentcore-sdk-typescript PR #129).
func (r Reading) recognises(p *Poll) bool {
	switch p.Stamp.Kind {
	case Number:
		return true
	case Absent:
		return r == Documented
	}
	return false
}
