package simulator

import (
	"hash/fnv"
	"math"
	"strconv"
	"time"
)

// draws is where one server's chances come from. A chance is a function of the fleet's seed, the server's name, what is
// being drawn and the attempt, and of nothing else: the order in which servers are visited cannot change their fate.
type draws struct {
	seed uint64
	name string
}

// fraction draws a number in [0, 1).
func (d draws) fraction(what string, attempt int) float64 {
	sum := fnv.New64a()
	sum.Write([]byte(strconv.FormatUint(d.seed, 16) + "/" + d.name + "/" + what + "/" + strconv.Itoa(attempt)))
	return float64(scatter(sum.Sum64())>>11) / (1 << 53)
}

// between draws a duration from low to high, in whole milliseconds.
func (d draws) between(low, high time.Duration, what string, attempt int) time.Duration {
	span := float64(high - low)
	return (low + time.Duration(span*d.fraction(what, attempt))).Truncate(time.Millisecond)
}

// below draws a whole number in [0, n).
func (d draws) below(n int, what string, attempt int) int {
	return int(d.fraction(what, attempt) * float64(n))
}

// scatter spreads the bits of a hash whose neighbours look alike (the finaliser of splitmix64).
func scatter(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// rankInBlock gives each index of a block of size n another rank from 0 to n-1, shuffled by the seed: a share of the
// ranks is a share of the servers exactly, where independent draws would give a fleet of 200 twice its share by chance.
func rankInBlock(seed uint64, index, n int) int {
	block, place := index/n, index%n
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i
	}
	state := scatter(seed ^ scatter(uint64(block)+math.MaxUint32))
	for i := n - 1; i > 0; i-- {
		state = scatter(state + 0x9e3779b97f4a7c15)
		j := int(state % uint64(i+1))
		ranks[i], ranks[j] = ranks[j], ranks[i]
	}
	return ranks[place]
}
