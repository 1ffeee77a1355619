package aws

import "slices"

// eventFilter is what ListEvents may ask for.
type eventFilter struct {
	Branch *struct {
		Name    string `json:"name"`
		Parents bool   `json:"includeParentBranches"`
	} `json:"branch"`
	Metadata []metadataFilter `json:"eventMetadata"`
}

type metadataFilter struct {
	Left struct {
		Key string `json:"metadataKey"`
	} `json:"left"`
	Operator string `json:"operator"`
	Right    struct {
		Value metadataValue `json:"metadataValue"`
	} `json:"right"`
}

// apply returns a list of its own.
func (f eventFilter) apply(events []*event) []*event {
	var out []*event
	branches := f.branches(events)
	for _, e := range events {
		until, wanted := branches[e.Branch.Name]
		if (branches == nil || wanted && (until == "" || e.ID <= until)) && f.holds(e) {
			out = append(out, e)
		}
	}
	return out
}

// branches are those that are asked for, each with the last event that counts; nil means all. The walk from a branch to
// its parent ends where a branch comes up again: the names are the container's.
func (f eventFilter) branches(events []*event) map[string]string {
	if f.Branch == nil {
		return nil
	}
	out := map[string]string{f.Branch.Name: ""}
	for name := f.Branch.Name; f.Branch.Parents; {
		root := rootOf(events, name)
		parent := slices.IndexFunc(events, func(e *event) bool { return root != "" && e.ID == root })
		if parent < 0 {
			break
		}
		name = events[parent].Branch.Name
		if _, again := out[name]; again {
			break
		}
		out[name] = root
	}
	return out
}

func rootOf(events []*event, name string) string {
	for _, e := range events {
		if e.Branch.Name == name && e.Branch.Root != "" {
			return e.Branch.Root
		}
	}
	return ""
}

func (f eventFilter) holds(e *event) bool {
	for _, m := range f.Metadata {
		value, has := e.Metadata[m.Left.Key]
		switch m.Operator {
		case "EXISTS":
			if !has {
				return false
			}
		case "NOT_EXISTS":
			if has {
				return false
			}
		default:
			if !has || value != m.Right.Value {
				return false
			}
		}
	}
	return true
}
