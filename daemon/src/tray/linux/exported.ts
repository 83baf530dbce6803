import { interface as service } from '@jellybrick/dbus-next';

/** An interface that is offered on the bus. Its members are named by `configureMembers`. */
export class Exported extends service.Interface {
  constructor(name: string) {
    super(name);
    // Empty fields of the library's own (0.11.3), which hide what `configureMembers` has put into the prototype.
    delete this.$properties;
    delete this.$methods;
    delete this.$signals;
  }
}
