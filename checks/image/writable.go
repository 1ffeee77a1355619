package image

import (
	"fmt"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var writable = checks.Check{Clause: "IMG-16", Needs: needs, Judge: judgeWritable}

func judgeWritable(set *record.Set) []checks.Verdict {
	img := set.Image
	switch {
	case noImage(img):
		return cannotTell(noImageText)
	case !img.Scanned:
		return cannotTell("the layers were not read to the end, so owners and modes are unknown")
	case slices.Contains(img.Unwritable, "/tmp"):
		return found("tmp", "/tmp writable for everybody", "/tmp refuses "+userText(img))
	case img.Closed != "":
		return found("workdir-closed", "a working directory that the user can enter", img.Closed+" keeps "+userText(img)+" out")
	case len(img.Unreadable) > 0:
		actual := fmt.Sprintf("%d files refuse %s, such as %s", len(img.Unreadable), userText(img), img.Unreadable[0])
		return found("unreadable-files", "program files that the user can read", actual, checks.Text("files that refuse the user", img.Unreadable...))
	case len(img.Unwritable) > 0:
		return found("workdir", "a working directory that the user can write to", img.Unwritable[0]+" refuses "+userText(img))
	}
	return passed("nothing keeps the user from writing to the working directory and /tmp, as far as owners and modes tell")
}
