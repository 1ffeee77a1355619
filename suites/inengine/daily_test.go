//go:build !nightly

package inengine

const byNight = false
