package image

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Sizes in bytes. The documented limit is "2 GB"; which of the two it means is not said.
const (
	limitSI     = 2_000_000_000
	limitBinary = 2 << 30
	largeSize   = 500_000_000
)

var size = checks.Check{Clause: "IMG-08", Needs: needs, Judge: judgeSize}

func judgeSize(set *record.Set) []checks.Verdict {
	img := set.Image
	packed, plain := img.CompressedSize, img.UncompressedSize
	const want = "at most 2 GB"
	var v checks.Verdict
	switch {
	case noImage(img):
		return cannotTell(noImageText)
	case packed > limitBinary:
		v = checks.Found("over-limit", want, bytesText(packed)+" compressed", biggest(img))
	case packed > limitSI:
		v = checks.Found("between-units", want, bytesText(packed)+" compressed", biggest(img))
	case packed >= 0:
		v = checks.Passed("%s compressed", bytesText(packed))
	case plain > limitSI:
		v = checks.Found("uncompressed-over-limit", want, bytesText(plain)+" uncompressed; compressed unknown")
	case plain >= 0:
		v = checks.Passed("%s uncompressed, so less when compressed", bytesText(plain))
	default:
		return cannotTell("neither the compressed nor the uncompressed size is known")
	}
	return []checks.Verdict{sized(v, img)}
}

// sized adds the sizes that are known as measurements.
func sized(v checks.Verdict, img *record.Image) checks.Verdict {
	if img.CompressedSize >= 0 {
		v = v.Measuring("image.compressedBytes", float64(img.CompressedSize))
	}
	if img.UncompressedSize >= 0 {
		v = v.Measuring("image.uncompressedBytes", float64(img.UncompressedSize))
	}
	return v.Measuring("image.layers", float64(len(img.Layers)))
}

var small = checks.Check{Clause: "IMG-17", Needs: needs, Judge: judgeSmall}

func judgeSmall(set *record.Set) []checks.Verdict {
	img := set.Image
	packed, plain := img.CompressedSize, img.UncompressedSize
	switch {
	case noImage(img):
		return cannotTell(noImageText)
	case packed > largeSize:
		return found("large", "below 200 MB; above 500 MB is slow", bytesText(packed)+" compressed", biggest(img))
	case packed >= 0:
		return passed("%s compressed", bytesText(packed))
	case plain >= 0 && plain <= largeSize:
		return passed("%s uncompressed, so less when compressed", bytesText(plain))
	}
	return cannotTell("the compressed size is not known here: test the pushed image with --pull")
}
