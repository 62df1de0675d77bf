package rollout

import (
	"fmt"
	"testing"
)

// A plan is made inside the engine's loop, so finding its ceiling has to stay short: a moment for fifty servers, a few seconds for ten thousand.
func BenchmarkEnough(b *testing.B) {
	for _, n := range []int{8, 50, 500, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := prospect(n, 1)
			for b.Loop() {
				p.Enough()
			}
		})
	}
}
