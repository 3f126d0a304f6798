#include "shim.h"

void *async_vm_interrupt_addr(void)
{
    return &EG(vm_interrupt);
}
