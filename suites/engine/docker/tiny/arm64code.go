package tiny

// exit42Arm64 exits with status 42: proof that the engine can run the architecture.
var exit42Arm64 = []uint32{
	0xd2800540, // mov x0, #0x2a
	0xd2800ba8, // mov x8, #0x5d
	0xd4000001, // svc #0x0
}

// beaconArm64 listens on port 8080 of every IPv4 address and says the 32 bytes of its first argument to each connection. If it
// is then sent a sockaddr_in, it connects there within two seconds and says them there, too: the way back. It ends with
// status 1 when it can take no connection.
var beaconArm64 = []uint32{
	0xf9400bf3, // ldr x19, [sp, #16]
	0xd2800040, // mov x0, #0x2
	0xd2800021, // mov x1, #0x1
	0xd2800002, // mov x2, #0x0
	0xd28018c8, // mov x8, #0xc6
	0xd4000001, // svc #0x0
	0xaa0003f4, // mov x20, x0
	0xd2800049, // mov x9, #0x2
	0xf2b203e9, // movk x9, #0x901f, lsl #16
	0xa9bf7fe9, // stp x9, xzr, [sp, #-16]!
	0x910003e1, // mov x1, sp
	0xd2800202, // mov x2, #0x10
	0xd2801908, // mov x8, #0xc8
	0xd4000001, // svc #0x0
	0xaa1403e0, // mov x0, x20
	0xd2800201, // mov x1, #0x10
	0xd2801928, // mov x8, #0xc9
	0xd4000001, // svc #0x0
	// next:
	0xaa1403e0, // mov x0, x20
	0xd2800001, // mov x1, #0x0
	0xd2800002, // mov x2, #0x0
	0xd2801948, // mov x8, #0xca
	0xd4000001, // svc #0x0
	0xb7f80520, // tbnz x0, #63, failed
	0xaa0003f5, // mov x21, x0
	0x9400002a, // bl say
	0xaa1503e0, // mov x0, x21
	0x910003e1, // mov x1, sp
	0xd2800202, // mov x2, #0x10
	0xd28007e8, // mov x8, #0x3f
	0xd4000001, // svc #0x0
	0xf100401f, // cmp x0, #0x10
	0x54000381, // b.ne done
	0xaa1503f6, // mov x22, x21
	0xd2800040, // mov x0, #0x2
	0xd2800021, // mov x1, #0x1
	0xd2800002, // mov x2, #0x0
	0xd28018c8, // mov x8, #0xc6
	0xd4000001, // svc #0x0
	0xaa0003f5, // mov x21, x0
	0xd2800049, // mov x9, #0x2
	0xa9bf7fe9, // stp x9, xzr, [sp, #-16]!
	0xd2800021, // mov x1, #0x1
	0xd28002a2, // mov x2, #0x15
	0x910003e3, // mov x3, sp
	0xd2800204, // mov x4, #0x10
	0xd2801a08, // mov x8, #0xd0
	0xd4000001, // svc #0x0
	0x910043ff, // add sp, sp, #0x10
	0xaa1503e0, // mov x0, x21
	0x910003e1, // mov x1, sp
	0xd2800202, // mov x2, #0x10
	0xd2801968, // mov x8, #0xcb
	0xd4000001, // svc #0x0
	0xb5000040, // cbnz x0, hangup
	0x9400000c, // bl say
	// hangup:
	0xaa1503e0, // mov x0, x21
	0xd2800728, // mov x8, #0x39
	0xd4000001, // svc #0x0
	0xaa1603f5, // mov x21, x22
	// done:
	0xaa1503e0, // mov x0, x21
	0xd2800728, // mov x8, #0x39
	0xd4000001, // svc #0x0
	0x17ffffd3, // b next
	// failed:
	0xd2800020, // mov x0, #0x1
	0xd2800ba8, // mov x8, #0x5d
	0xd4000001, // svc #0x0
	// say:
	0xaa1503e0, // mov x0, x21
	0xaa1303e1, // mov x1, x19
	0xd2800402, // mov x2, #0x20
	0xd2800808, // mov x8, #0x40
	0xd4000001, // svc #0x0
	0xd65f03c0, // ret
}

// catArm64 copies the files named by its arguments to standard output and skips those it cannot open. Arguments after one
// that begins with -- are the program, and its arguments, that it becomes in the end.
var catArm64 = []uint32{
	0x910043f3, // add x19, sp, #0x10
	0xd14007ff, // sub sp, sp, #0x1, lsl #12
	// file:
	0xf8408661, // ldr x1, [x19], #8
	0xd2800000, // mov x0, #0x0
	0xb40003a1, // cbz x1, done
	0x79400022, // ldrh w2, [x1]
	0x5285a5a3, // mov w3, #0x2d2d
	0x6b03005f, // cmp w2, w3
	0x54000280, // b.eq next
	0x92800c60, // mov x0, #0xffffffffffffff9c
	0xd2800002, // mov x2, #0x0
	0xd2800708, // mov x8, #0x38
	0xd4000001, // svc #0x0
	0xb7fffea0, // tbnz x0, #63, file
	0xaa0003f4, // mov x20, x0
	// copy:
	0xaa1403e0, // mov x0, x20
	0x910003e1, // mov x1, sp
	0xd2820002, // mov x2, #0x1000
	0xd28007e8, // mov x8, #0x3f
	0xd4000001, // svc #0x0
	0xf100001f, // cmp x0, #0x0
	0x54fffdad, // b.le file
	0xaa0003e2, // mov x2, x0
	0xd2800020, // mov x0, #0x1
	0x910003e1, // mov x1, sp
	0xd2800808, // mov x8, #0x40
	0xd4000001, // svc #0x0
	0x17fffff4, // b copy
	// next:
	0xaa1303e1, // mov x1, x19
	0xf9400260, // ldr x0, [x19]
	0xd2800002, // mov x2, #0x0
	0xd2801ba8, // mov x8, #0xdd
	0xd4000001, // svc #0x0
	// done:
	0xd2800ba8, // mov x8, #0x5d
	0xd4000001, // svc #0x0
}

// clockArm64 does 24 rounds of a computing loop and a system call loop and prints what its CPU time was before, between
// and after them, between the wall time at the start and at the end: 74 timespecs as letters a to p, two for each byte,
// high half first. Then it becomes the program that its arguments name, if there are any.
var clockArm64 = []uint32{
	0xd13783ff, // sub sp, sp, #0xde0
	0x910003f3, // mov x19, sp
	0x911243f4, // add x20, sp, #0x490
	0xd2800020, // mov x0, #0x1
	0x9400002e, // bl stamp
	// round:
	0xd2800040, // mov x0, #0x2
	0x9400002c, // bl stamp
	0xd2a00055, // mov x21, #0x20000
	// cpu:
	0x100005fc, // adr x28, work
	0xd63f0380, // blr x28
	0xf10006b5, // subs x21, x21, #0x1
	0x54ffffa1, // b.ne cpu
	0xd2800040, // mov x0, #0x2
	0x94000025, // bl stamp
	0xd2804015, // mov x21, #0x200
	// again:
	0xd2801588, // mov x8, #0xac
	0xd4000001, // svc #0x0
	0xf10006b5, // subs x21, x21, #0x1
	0x54ffffa1, // b.ne again
	0xd2800040, // mov x0, #0x2
	0x9400001e, // bl stamp
	0xeb14027f, // cmp x19, x20
	0x54fffde3, // b.cc round
	0xd2800020, // mov x0, #0x1
	0x9400001a, // bl stamp
	0xaa1303e1, // mov x1, x19
	0xaa1303f4, // mov x20, x19
	0x910003f3, // mov x19, sp
	// letter:
	0x38401662, // ldrb w2, [x19], #1
	0x53041c43, // ubfx w3, w2, #4, #4
	0x12000c42, // and w2, w2, #0xf
	0x11018463, // add w3, w3, #0x61
	0x11018442, // add w2, w2, #0x61
	0x38001683, // strb w3, [x20], #1
	0x38001682, // strb w2, [x20], #1
	0xeb01027f, // cmp x19, x1
	0x54ffff03, // b.cc letter
	0xd2812802, // mov x2, #0x940
	0xd2800020, // mov x0, #0x1
	0xd2800808, // mov x8, #0x40
	0xd4000001, // svc #0x0
	0x9137c3ff, // add sp, sp, #0xdf0
	0x910003e1, // mov x1, sp
	0xf94003e0, // ldr x0, [sp]
	0xb4000080, // cbz x0, done
	0xd2800002, // mov x2, #0x0
	0xd2801ba8, // mov x8, #0xdd
	0xd4000001, // svc #0x0
	// done:
	0xd2800ba8, // mov x8, #0x5d
	0xd4000001, // svc #0x0
	// stamp:
	0xaa1303e1, // mov x1, x19
	0xd2800e28, // mov x8, #0x71
	0xd4000001, // svc #0x0
	0x91004273, // add x19, x19, #0x10
	0xd65f03c0, // ret
	// work:
	0x8b1502d6, // add x22, x22, x21
	0xca1502f7, // eor x23, x23, x21
	0xab150318, // adds x24, x24, x21
	0xf9400299, // ldr x25, [x20]
	0x9a19035a, // adc x26, x26, x25
	0xf9000696, // str x22, [x20, #8]
	0xeb1702df, // cmp x22, x23
	0x9a9832db, // csel x27, x22, x24, cc
	0xd65f03c0, // ret
}

// skewArm64 are clock_gettime, gettimeofday and time as a libc has them, but for errno: skewAt says where each begins. Wall
// clocks are so many seconds off as the number says that comes after the code.
var skewArm64 = []uint32{
	// clock_gettime:
	0xaa0003e2, // mov x2, x0
	0xd2800e28, // mov x8, #0x71
	0xd4000001, // svc #0x0
	0x35000120, // cbnz w0, failed
	0x34000062, // cbz w2, shift
	0x7100145f, // cmp w2, #0x5
	0x540000a1, // b.ne done
	// shift:
	0x58000363, // ldr x3, seconds
	0xf9400024, // ldr x4, [x1]
	0x8b030084, // add x4, x4, x3
	0xf9000024, // str x4, [x1]
	// done:
	0xd65f03c0, // ret
	// failed:
	0x12800000, // mov w0, #0xffffffff
	0xd65f03c0, // ret
	// gettimeofday:
	0xaa0003e2, // mov x2, x0
	0xd2801528, // mov x8, #0xa9
	0xd4000001, // svc #0x0
	0x35ffff60, // cbnz w0, failed
	0xb4ffff22, // cbz x2, done
	0xaa0203e1, // mov x1, x2
	0x17fffff3, // b shift
	// time:
	0xd10043ff, // sub sp, sp, #0x10
	0xaa0003e2, // mov x2, x0
	0xd28000a0, // mov x0, #0x5
	0x910003e1, // mov x1, sp
	0xd2800e28, // mov x8, #0x71
	0xd4000001, // svc #0x0
	0xf84107e0, // ldr x0, [sp], #16
	0x580000c3, // ldr x3, seconds
	0x8b030000, // add x0, x0, x3
	0xb4000042, // cbz x2, told
	0xf9000040, // str x0, [x2]
	// told:
	0xd65f03c0, // ret
	0xd503201f, // nop
	// seconds:
}
