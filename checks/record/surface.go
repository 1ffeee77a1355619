package record

// Surface is what an agent answers beside the paths of the contract (SEC-08).
type Surface struct {
	// Unknown is the answer to a path that no server has: what it looks like too says nothing.
	Unknown Exchange `json:"unknown"`
	// Pages are the answers to the paths of debuggers, consoles and descriptions.
	Pages []Exchange `json:"pages"`
}
