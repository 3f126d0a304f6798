/* What the engine offers only as macros, inline functions or moving layouts.
 * Narrow on purpose: plain values in, plain values out, and no function here calls back into Rust. */
#ifndef ASYNC_SHIM_H
#define ASYNC_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "php.h"

/* Address of EG(vm_interrupt): a bool on 8.1, a zend_atomic_bool from 8.2 on; one byte either way. */
void *async_vm_interrupt_addr(void);

#endif
